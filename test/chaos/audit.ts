import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { mediaPackageId } from '../../src/publish/opencast/media-package-id.js';
import { openStore } from '../../src/storage/open.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { s3Store } from '../../src/storage/s3.js';
import { isTemporary } from '../../src/storage/temporary-files.js';
import { readInventory, verifyInventory } from '../../src/transfer/inventory.js';
import type { CloudRecording } from '../support/zoom-cloud.js';
import { sha256, type ChaosStage, type SeenNotice } from './stage.js';
import type { Ledger } from './work.js';

/** Compares what went in with what came out. Every line is something that must not be; none: all is well. */
export async function audit(
  stage: ChaosStage,
  {
    ledger,
    databaseUrl,
    early,
  }: { readonly ledger: Ledger; readonly databaseUrl: string; readonly early: readonly string[] },
): Promise<string[]> {
  const store = storeOf(stage);
  return [
    ...early,
    ...(await jobs(databaseUrl, ledger)),
    ...recordings(stage, ledger),
    ...(await assets(store, ledger)),
    ...told(stage, ledger),
    ...(await leftovers(stage, store)),
  ];
}

export function storeOf({ environment }: ChaosStage): ObjectStore {
  Object.assign(
    process.env,
    Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('AWS_'))),
  );
  return openStore(environment.REELWAY_STORAGE!);
}

/** Every piece of work has its job, which ended well. */
async function jobs(databaseUrl: string, { recordings, assets }: Ledger): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client
    .query<{ id: string; status: string; error: string | null }>(
      `SELECT workflow_uuid AS id, status, ended.error
       FROM dbos.workflow_status LEFT JOIN dbos.workflow_output AS ended USING (workflow_uuid)`,
    )
    .finally(() => client.end());
  const ended = new Map(rows.map(({ id, status }) => [id, status]));
  const wanted = [
    ...[...recordings.keys()].map((uuid) => `recording:${uuid}`),
    ...[...assets.keys()].map((id) => `asset:${id}`),
  ];
  return [
    ...wanted.filter((id) => ended.get(id) === undefined).map((id) => `lost: there is no job ${id}`),
    ...rows
      .filter(({ status }) => status !== 'SUCCESS')
      .map(({ id, status, error }) => `job ${id} is ${status}: ${error?.slice(0, 300)}`),
  ];
}

/** Every recording is in Opencast, once, with every byte of it. */
function recordings({ opencast }: ChaosStage, ledger: Ledger): string[] {
  const known = new Set([...ledger.recordings.keys()].map(mediaPackageId));
  const strangers = opencast.workflows.filter((workflow) => !known.has(workflow.mediaPackageId));
  return [
    ...strangers.map(({ mediaPackageId }) => `event ${mediaPackageId} belongs to no recording`),
    ...[...ledger.recordings.values()].flatMap((recording) => notIngested(opencast, recording)),
  ];
}

function notIngested(
  { workflows }: Pick<ChaosStage['opencast'], 'workflows'>,
  { uuid, files }: CloudRecording,
): string[] {
  const own = workflows.filter((workflow) => workflow.mediaPackageId === mediaPackageId(uuid));
  const [first] = own;
  if (!first || own.length > 1) return [`recording ${uuid} was ingested ${own.length} times`];
  const there = first.elements.filter(({ kind }) => kind === 'track').map((each) => each.sha256);
  const wanted = files.map(({ content }) => sha256(content));
  const whole = there.toSorted().join() === wanted.toSorted().join();
  return [
    ...(whole
      ? []
      : [`recording ${uuid} is not whole in Opencast: ${there.length} tracks of ${wanted.length}, or other bytes`]),
    ...(first.states[0] === 'SUCCEEDED' ? [] : [`the workflow of recording ${uuid} is ${first.states[0]}`]),
  ];
}

/** Every endpoint is complete to the byte, and the same as every other endpoint of its kind: they have one source. */
async function assets(store: ObjectStore, ledger: Ledger): Promise<string[]> {
  const problems: string[] = [];
  const contents = new Map<string, string>();
  for (const id of ledger.assets.keys()) {
    for (const configuration of ['cmaf', 'dash']) {
      const folder = `vod/${id}/${configuration}`;
      problems.push(...(await incomplete(store, folder, true)));
      const inventory = await readInventory(store, folder);
      const content =
        inventory?.objects
          .map(({ key, digest }) => `${key} ${digest}`)
          .toSorted()
          .join('\n') ?? '';
      const first = contents.get(configuration) ?? content;
      contents.set(configuration, first);
      if (content !== first) problems.push(`endpoint ${folder} differs from the others of its kind`);
    }
  }
  return problems;
}

async function incomplete(store: ObjectStore, folder: string, deep: boolean): Promise<string[]> {
  const inventory = await readInventory(store, folder);
  if (!inventory) return [`endpoint ${folder} has no inventory`];
  const { missing, damaged } = await verifyInventory(store, folder, inventory, { deep });
  return [
    ...missing.map((key) => `${folder}/${key} is missing`),
    ...damaged.map((key) => `${folder}/${key} is damaged`),
  ];
}

/** To be asked when a notice comes: what it says must be there by then. */
export async function tooEarly(
  { opencast, made }: { opencast: Pick<ChaosStage['opencast'], 'workflows'>; made: ChaosStage['made'] },
  store: ObjectStore,
  { type, asset, subject }: SeenNotice,
): Promise<string[]> {
  if (isAlert(asset)) return [];
  if (type === 'ERROR') return [`told of a failure: ${subject}`];
  if (!subject.startsWith('Asset ')) {
    const recording = made.get(asset);
    const problems = recording ? notIngested(opencast, recording) : [`there is no recording ${asset}`];
    return problems.map((problem) => `announced too early: ${problem}`);
  }
  const found = await Promise.all(
    ['cmaf', 'dash'].map((configuration) => incomplete(store, `vod/${asset}/${configuration}`, false)),
  );
  return found.flat().map((problem) => `announced and not complete: ${problem}`);
}

/** Of what was done to it, which it is right to tell. */
function isAlert(asset: string): boolean {
  return asset.startsWith('alert:');
}

/** Everything was told, once, or as often as somebody asked for it: a notice that came again came under the same id. */
function told(stage: ChaosStage, ledger: Ledger): string[] {
  const subjects = new Map<string, { asset: string; ids: Set<string> }>();
  for (const { id, subject, asset } of stage.notices) {
    if (isAlert(asset)) continue;
    const known = subjects.get(subject) ?? { asset, ids: new Set() };
    subjects.set(subject, { asset, ids: known.ids.add(id) });
  }
  const tooOften = [...subjects].filter(([, { asset, ids }]) => ids.size > (ledger.assets.get(asset) ?? 1));
  const wanted = ledger.recordings.size + ledger.assets.size;
  return [
    ...tooOften.map(([subject, { ids }]) => `told under ${ids.size} ids: ${subject}`),
    ...(subjects.size === wanted ? [] : [`${subjects.size} things told of ${wanted}`]),
  ];
}

async function leftovers({ s3, folder }: ChaosStage, store: ObjectStore): Promise<string[]> {
  // What a server does once a day; uploads are looked for as if the day were over.
  await (s3 ? s3Store({ bucket: 'chaos', prefix: 'store', abandonedAfter: -1 }) : store).tidy();
  const uploads = [...(s3?.uploads.values() ?? [])].map(({ key }) => `an upload of ${key} was left open`);
  const files = await readdir(folder, { recursive: true });
  const temporary = files.filter((file) => isTemporary(file.split('/').at(-1) ?? ''));
  return [...uploads, ...temporary.map((file) => `a temporary file was left: ${file}`)];
}
