import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetListSchema, assetSchema, problemSchema, submittedSchema } from '../../src/api/contract.js';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, reelway } from '../support/reelway.js';

const sample = path.join(projectRoot, 'examples/sample/180p/index.m3u8');
const packagingGroup = [
  { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'index' }] } },
];
const secret = 'a-secret-of-the-tests-of-assets';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-assets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A data folder with a database that is made already. */
async function dataFolder(name: string): Promise<string> {
  const made = path.join(folder, name);
  await rename((await createDataFolder()).dataFolder, made);
  return made;
}

describe('/api/assets', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const environment = {
      REELWAY_DATA_DIR: await dataFolder('server'),
      REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
      REELWAY_PORT: '0',
      REELWAY_API_TOKENS: `tests:${secret}`,
    };
    server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
    for (const id of ['first', 'second', 'third']) {
      const { status, body } = await post(assetOf(id));
      expect(status).toBe(202);
      await server.services.engine.result(submittedSchema.parse(body).job);
    }
  });
  afterAll(() => server.stop());

  const assetOf = (id: string) => ({
    ...{ id, packagingGroupId: 'tests', source: sample, destination: { path: 'vod' } },
    packagingGroup,
  });

  async function ask(at: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const response = await fetch(`${server.url}${at}`, { headers, ...init });
    return { status: response.status, body: await response.json() };
  }
  const post = (body: unknown) => ask('/api/assets', { method: 'POST', body: JSON.stringify(body) });

  it('lists what is playable, newest first, page by page', async () => {
    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await ask(`/api/assets?limit=2${next && `&cursor=${encodeURIComponent(next)}`}`);
      const page = assetListSchema.parse(body);
      ids.push(...page.assets.map(({ id }) => id));
      next = page.next;
    }
    expect(ids).toEqual(['third', 'second', 'first']);
  });

  it('shows one, with URLs that play', async () => {
    const asset = assetSchema.parse((await ask('/api/assets/second')).body);
    expect(asset).toMatchObject({ job: 'asset:second', packagingGroupId: 'tests', source: sample });
    const [endpoint] = asset.endpoints;
    expect(endpoint).toMatchObject({ configurationId: 'cmaf', keys: ['vod/second/cmaf/index.m3u8'] });
    const playlist = await fetch(endpoint!.playbackUrls[0]!);
    expect(playlist.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(await playlist.text()).toMatch(/^#EXTM3U\n/);
  });

  it('joins or verifies when the same is asked for again', async () => {
    const { status, body } = await post(assetOf('first'));
    expect(status).toBe(202);
    expect(submittedSchema.parse(body)).toMatchObject({ job: 'asset:first' });
    await server.services.engine.result('asset:first');
    const { objects } = assetSchema.parse((await ask('/api/assets/first')).body).endpoints[0]!;
    expect(objects).toBeGreaterThan(0);
  });

  const get = (at: string) => ask(at);
  const change = (changed: object) => post({ ...assetOf('refused'), ...changed });
  it.each([
    ['an asset that does not exist', () => get('/api/assets/none'), 404, 'not_found'],
    ['an id that no asset can have', () => get('/api/assets/..%2Fx'), 400, 'invalid_request'],
    ['a cursor that no list gave', () => get('/api/assets?cursor=aGVsbG8'), 400, 'invalid_request'],
    ['a page without end', () => get('/api/assets?limit=1000000'), 400, 'invalid_request'],
    ['a packaging group that is not there', () => change({ packagingGroup: undefined }), 404, 'not_found'],
    ['a group that is none', () => change({ packagingGroup: [{}] }), 422, 'configuration_invalid'],
    ['another source under the same id', () => change({ id: 'first', source: '/x.m3u8' }), 409, 'conflict'],
    ['a path out of the storage', () => change({ destination: { path: '../x' } }), 400, 'invalid_request'],
    ['no request', () => post([]), 400, 'invalid_request'],
  ] as const)('answers %s with a problem', async (_, request, status, code) => {
    const answer = await request();
    const problem = problemSchema.parse(answer.body);
    expect({ status: answer.status, code: problem.code }, problem.detail).toEqual({ status, code });
  });
});

describe('`reelway vod run` without a server', () => {
  const parameters = ['vod', 'run', 'examples/create-asset-request.json', '--group', 'examples/packaging-group.json'];

  it('makes the asset, says where it lies, and finds it complete the next time', async () => {
    const env = { REELWAY_DATA_DIR: await dataFolder('alone') };
    const first = await reelway(parameters, { env });
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^cmaf: made .*\n {2}\S+\/vod\/sample-lecture\/cmaf\/index\.m3u8\n/);
    const again = await reelway([...parameters, '--json'], { env });
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({
      job: 'asset:sample-lecture',
      endpoints: [{ status: 'skipped' }, { status: 'skipped' }],
    });
  });
});
