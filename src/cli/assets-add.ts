import { resolve } from 'node:path';
import { Command } from 'commander';
import type { JobPage, Submitted } from '../api/contract.js';
import { Failure } from '../domain/failure.js';
import type { JobDetail } from '../workflow/job-view.js';
import type { AssetResult } from '../workflow/package-asset.js';
import { assetIdOf } from '../view/asset-id.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { printEndpoint } from './endpoint-lines.js';
import { everybodyTold, tellingJobs } from './everybody-told.js';
import { queryOf } from './list-page.js';
import { identifier } from './option-values.js';
import { isMp4File, uploadFile } from './upload-file.js';
import { watchJob } from './watch-job.js';
import { withExamples } from './with-examples.js';

interface AddOptions {
  readonly packagingGroup?: string;
  readonly id?: string;
  readonly to: string;
  readonly wait: boolean;
  readonly json?: true;
}

/** `reelway assets add`: what the dashboard makes of a file or an address that is dropped on it. */
export function addCommand(context: CommandContext): Command {
  return new Command('add')
    .summary('make an asset of a file or an address')
    .description(
      'Makes an asset. An MP4 of this machine is sent to the storage first, at most REELWAY_UPLOAD_MEGABYTES; a playlist or\n' +
        'SMIL document of this machine is read where it lies, and an address by the server.',
    )
    .argument('<source>', 'an MP4, a playlist or a SMIL document: a path, https://... or s3://bucket/key')
    .option('--packaging-group <id>', 'what is made of it (default: the only group that there is)', identifier)
    .option('--id <id>', "of the asset (default: the file's name)", identifier)
    .option('--to <path>', 'folder in the storage', 'vod')
    .option('--no-wait', 'end when the server has taken it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      withExamples(
        'reelway assets add lecture.mp4 --packaging-group lectures',
        'reelway assets add https://origin.example/lecture-2/index.m3u8 --packaging-group lectures --no-wait',
      ),
    )
    .action((source: string, options: AddOptions) =>
      withApi(context, (api) => add(context, api, source, options), { works: true, creates: true }),
    );
}

async function add(context: CommandContext, api: ApiDoor, source: string, options: AddOptions): Promise<void> {
  const { terminal } = context;
  const id = options.id ?? idOf(source);
  const packagingGroupId = options.packagingGroup ?? (await onlyGroup(api));
  const request = { id, packagingGroupId, destination: { path: options.to } };
  const from = await sourceFor(context, api, source, id);
  const submitted = await api.send<Submitted>('POST', '/api/assets', { ...request, source: from });
  const isLeft = !options.wait && api.served;
  if (isLeft && options.json) return terminal.printJson(submitted);
  if (isLeft) return terminal.print(`${submitted.job} is under way.`);
  const { endpoints } = (await watched(context, api, submitted.job)).result as AssetResult;
  if (options.json) terminal.printJson({ ...submitted, endpoints });
  else for (const endpoint of endpoints) printEndpoint(terminal, endpoint);
}

/** Where the server finds it: an address, a path of its own machine, or what was just sent to it. */
async function sourceFor(context: CommandContext, api: ApiDoor, source: string, id: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;
  const file = resolve(context.cwd, source);
  return (await isMp4File(file)) ? uploadFile(context, api, file, id) : file;
}

async function onlyGroup(api: ApiDoor): Promise<string> {
  const groups = await api.get<readonly string[]>('/api/packaging-groups');
  const [only] = groups;
  if (only !== undefined && groups.length === 1) return only;
  throw new Failure('usage', '--packaging-group is needed: there is more than one, or none.', {
    details: { known: groups },
  });
}

async function watched(context: CommandContext, api: ApiDoor, job: string): Promise<JobDetail> {
  const { terminal, signal } = context;
  const path = `/api/jobs/${encodeURIComponent(job)}`;
  try {
    return await watchJob((watching) => api.get<JobDetail>(path, watching), terminal, signal);
  } catch (error) {
    if (signal.aborted)
      terminal.say(api.served ? 'The work goes on in the server.' : 'It goes on when `reelway serve` runs.');
    throw error;
  } finally {
    // Who is told when it is ready is told when it failed, too.
    if (!api.served && !signal.aborted) await everybodyTold(() => isTelling(api, signal), signal);
  }
}

async function isTelling(api: ApiDoor, signal: AbortSignal): Promise<boolean> {
  return (await api.get<JobPage>(`/api/jobs${queryOf(tellingJobs)}`, signal)).jobs.length > 0;
}

/** @throws Failure usage */
function idOf(source: string): string {
  const id = assetIdOf(source);
  if (id !== '') return id;
  throw new Failure('usage', `--id is needed: ${source} has no name that an asset may have.`);
}
