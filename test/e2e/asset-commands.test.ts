import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asset, AssetList, JobPage, JobSummary, System } from '../../src/api/contract.js';
import { assetsCommand } from '../../src/cli/assets.js';
import { groupsCommand } from '../../src/cli/groups.js';
import { healthCommand } from '../../src/cli/health.js';
import { jobsCommand } from '../../src/cli/jobs.js';
import { queuesCommand } from '../../src/cli/queues.js';
import { startDashboardServer, type DashboardServer } from '../support/dashboard.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { commandRunner, type CommandRunner } from '../support/run-command.js';
import { serveFiles, type StaticServer } from '../support/static-server.js';

const sample = path.join(projectRoot, 'examples/sample/180p');
const group = [{ Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'index' }] } }];

let server: DashboardServer;
let origin: StaticServer;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-commands-'));
  await writeFile(path.join(folder, 'group.json'), JSON.stringify(group));
  origin = await serveFiles({ '/180p/': sample });
  server = await startDashboardServer({ REELWAY_UPLOAD_MEGABYTES: '20' });
  env = { REELWAY_DATA_DIR: path.join(server.folder, 'data'), REELWAY_UPLOAD_MEGABYTES: '20' };
});
afterAll(async () => {
  await server?.remove();
  await origin?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The settings are there when the server is. */
const command = (build: Parameters<typeof commandRunner>[0]): CommandRunner => ({
  run: (...words) => commandRunner(build, env, folder).run(...words),
  json: (...words) => commandRunner(build, env, folder).json(...words),
});
const assets = command(assetsCommand);
const groups = command(groupsCommand);
const jobs = command(jobsCommand);
const queues = command(queuesCommand);
const health = command(healthCommand);

describe('reelway groups', () => {
  it('says everything that is wrong with a file, and stores nothing of it', async () => {
    const wrong = [
      { Id: 'a', CmafPackage: { SegmentDurationSeconds: 0, HlsManifests: [{}] } },
      { Id: 'b', DashPackage: {} },
    ];
    await writeFile(path.join(folder, 'wrong.json'), JSON.stringify(wrong));
    const verdict = await groups.run('validate', 'wrong.json');
    expect(verdict).toMatchObject({ code: 1, stderr: '' });
    expect(verdict.stdout).toMatch(/SegmentDurationSeconds[^\n]*\n[^\n]*DashManifests/);
    const refused = await groups.run('put', 'lectures', 'wrong.json');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/left as it is.*\[configuration_invalid\]\n {2}- .*SegmentDurationSeconds/);
    expect(await groups.run('list')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('none yet') as string,
    });
    expect((await groups.run('show', 'lectures')).stderr).toContain('[not_found]');
    expect((await groups.run('show', 'not an id')).code).toBe(2);
    expect((await groups.run('validate', 'nowhere.json')).code).toBe(2);
  });

  it('makes a group of a file, shows it, and gives the file back to be changed', async () => {
    expect((await groups.run('validate', 'group.json')).stdout).toBe(
      'This server can honour all of it.\ncmaf: CmafPackage\n',
    );
    expect((await groups.run('put', 'lectures', 'group.json')).stdout).toBe('lectures is stored: cmaf: CmafPackage.\n');
    expect((await groups.run('list')).stdout).toBe('GROUP     MAKES\nlectures  cmaf: CmafPackage\n');
    expect(await groups.json('show', 'lectures')).toEqual(group);
    expect((await groups.run('show', 'lectures')).stdout).toMatch(/^cmaf: CmafPackage\n {2}\{/);
    expect(await groups.json('put', 'lectures', 'group.json')).toMatchObject({ id: 'lectures', file: group });
    await server.services.packagingGroups.save('others', group);
    expect((await groups.json<{ id: string }[]>('list')).map(({ id }) => id)).toEqual(['lectures', 'others']);
  });
});

describe('reelway assets', () => {
  it('makes one of a file, which is sent to the storage, and of one that is read where it lies', async () => {
    const movie = path.join(folder, 'Lecture 8 (final).mp4');
    const single = ['--out', path.join(folder, 'movie'), '--format', 'cmaf', '--single-file'];
    await reelway(['package', path.join(sample, 'index.m3u8'), ...single]);
    await copyFile(path.join(folder, 'movie/cmaf/video_1/media.mp4'), movie);
    expect((await assets.run('list')).stderr).toBe('Nothing is playable yet.\n');
    expect((await assets.run('add', movie)).stderr).toMatch(
      /--packaging-group is needed.*\n {2}- lectures\n {2}- others/,
    );
    const made = await assets.run('add', 'Lecture 8 (final).mp4', '--packaging-group', 'lectures');
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(made.stdout).toMatch(/^cmaf: made \(\d+ objects, .*\)\n.*\n {2}http:\S+\/out\/v1\/\S+\/index\.m3u8\n$/);
    const { source } = await assets.json<Asset>('show', 'Lecture-8-final');
    expect(source).toMatch(/\/uploads\/Lecture-8-final\/[0-9a-f-]{36}\.mp4$/);
    expect(await readFile(source)).toEqual(await readFile(movie));
    const again = await assets.run('add', movie, '--packaging-group', 'lectures');
    expect(again.stderr).toContain('The asset Lecture-8-final exists already. Choose another --id. [conflict]');

    const signed = `${origin.url}/180p/index.m3u8?X-Amz-Signature=secret`;
    const signedOptions = ['--id', 'signed', '--packaging-group', 'lectures', '--json'];
    expect((await assets.run('add', signed, ...signedOptions)).code).toBe(0);
    for (const words of [['list'], ['show', 'signed']])
      for (const { stdout } of [await assets.run(...words), await assets.run(...words, '--json')])
        expect(stdout).not.toContain('secret');
    expect(await assets.json<Asset>('show', 'signed')).toMatchObject({ source: `${origin.url}/180p/index.m3u8` });
    // The job, which may be tried again, has it as it was given.
    expect((await jobs.run('show', 'asset:signed', '--json')).stdout).toContain(signed);

    const options = ['--packaging-group', 'lectures', '--to', 'elsewhere', '--no-wait'];
    const started = await assets.json<{ job: string }>('add', path.join(sample, 'index.m3u8'), ...options);
    expect(started.job).toBe('asset:180p');
    expect((await jobs.run('show', started.job, '--follow')).stdout).toMatch(/^status +done/m);
    const shown = await assets.run('show', '180p');
    expect(shown.stdout).toMatch(/^source +.*180p\/index\.m3u8$/m);
    expect(shown.stdout).toMatch(/^cmaf:\n {2}24\.0 s, \d+ objects, .*\n {2}http:\S+\/index\.m3u8$/m);
    expect((await assets.run('show', 'nobody')).stderr).toContain('[not_found]');
  });

  it('lists what is playable, page by page', async () => {
    const first = await assets.run('list', '--limit', '1');
    expect(first.stdout).toMatch(/^ASSET +GROUP +ENDPOINTS +DURATION +SIZE +MADE\n180p +lectures +cmaf +24\.0 s /);
    const [, cursor] = /--cursor (\S+)\n$/.exec(first.stderr) ?? [];
    const { assets: rest, next } = await assets.json<AssetList>('list', '--cursor', cursor!);
    expect([rest.map(({ id }) => id), next]).toEqual([['signed', 'Lecture-8-final'], null]);
  });

  it('refuses what is too large before it is sent, and what cannot be read', async () => {
    const large = Buffer.alloc(20_000_001);
    large.write('ftyp', 4);
    await writeFile(path.join(folder, 'large.mp4'), large);
    const options = ['--packaging-group', 'lectures'];
    expect((await assets.run('add', 'large.mp4', ...options)).stderr).toMatch(
      /REELWAY_UPLOAD_MEGABYTES.*\[too_large\]/,
    );
    expect((await assets.run('add', 'nowhere.mp4', ...options)).code).toBe(2);
    expect((await assets.run('add', '?', ...options)).stderr).toContain('--id is needed');
  });
});

describe('reelway queues and health', () => {
  it('say what each queue holds, and whether all is well', async () => {
    const table = await queues.run();
    expect(table.stdout).toMatch(/^QUEUE +RUNNING +WAITING +LONGEST WAIT +PLACES PER WORKER +PLACES IN ALL\n/);
    expect(table.stdout).toMatch(/^endpoints +0 +0 +- +2 +any$/m);
    expect((await queues.run('endpoints')).stdout).toBe('endpoints: 0 running, 0 waiting\n');
    expect(await queues.json('endpoints')).toMatchObject({ name: 'endpoints', heldBy: [], waitingJobs: [] });
    expect((await queues.run('lost')).code).toBe(2);
    const well = await health.json<System & { findings: string[] }>();
    expect(well).toMatchObject({ database: 'embedded', tokens: [{ name: 'operator', role: 'admin' }] });
    const told = await health.run();
    expect(told.stdout).toMatch(/^checks:\n {2}database: well\n {2}storage: well$/m);
    expect(told.stdout).toMatch(/^ {2}database +embedded$/m);
    // A machine without room on its disk is not well, whatever we do.
    if (well.findings.length === 0)
      expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^All is well/) as string });
  });

  it('jobs come page by page', async () => {
    const { jobs: first, next } = await jobs.json<JobPage>('list', '--limit', '1');
    const { jobs: second } = await jobs.json<JobPage>('list', '--limit', '1', '--cursor', next!);
    expect(second[0]!.id).not.toBe(first[0]!.id);
  });
});

describe('a queue with many jobs', () => {
  /** Of another queue of the engine, which nobody works on, and shown with the endpoints. */
  beforeAll(async () => {
    await sql`
      INSERT INTO dbos.workflow_status (workflow_uuid, status, name, authenticated_roles, executor_id, created_at, updated_at,
        application_version, recovery_attempts, queue_name, serialization, attributes, application_name, priority)
      SELECT 'crowd:' || n, CASE WHEN n = 0 THEN 'PENDING' ELSE 'ENQUEUED' END, 'package-endpoint', '[]', 'host:1:aaaa', n, n,
        'PATCHING_ENABLED', 1, 'nobody', 'js_superjson', jsonb_build_object('title', 'crowd ' || n, 'queue', 'endpoints'), 'reelway', 0
      FROM generate_series(0, 700) AS f (n)`.execute(server.services.database.tables);
  });
  afterAll(() =>
    sql`DELETE FROM dbos.workflow_status WHERE queue_name = 'nobody'`.execute(server.services.database.tables),
  );

  it('is shown with what holds its places, however old that is, and what begins next', async () => {
    const shown = await queues.json<{ heldBy: JobSummary[]; waitingJobs: JobSummary[]; why: string }>('endpoints');
    expect(shown).toMatchObject({ waiting: 700, running: 1, heldBy: [{ id: 'crowd:0' }] });
    expect(shown.why).toBe('1 of 2 places are taken: the next begins in a moment.');
    expect(shown.waitingJobs.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => `crowd:${n + 1}`));
    const told = await queues.run('endpoints');
    expect(told.stdout).toMatch(/^places are held by:\n.*\n {2}crowd:0 /m);
    expect(told.stdout).toMatch(/^waiting:\n.*\n {2}crowd:1 /m);
    expect(told.stdout).toMatch(/^200 more wait\.$/m);
  });
});

describe('without a server', () => {
  it('the commands ask their own process, which makes no database only to find nothing', async () => {
    const own = { REELWAY_DATA_DIR: path.join(folder, 'own') };
    const looked = await reelway(['assets', 'list'], { env: own });
    expect(looked).toMatchObject({ code: 1, stderr: expect.stringContaining('[not_found]') as string });
    // One that is made already: a new one takes many seconds.
    await rename((await createDataFolder()).dataFolder, own.REELWAY_DATA_DIR);
    const put = await reelway(['groups', 'put', 'lectures', 'group.json'], { env: own, cwd: folder });
    expect(put, put.stderr).toMatchObject({ code: 0 });
    const made = await reelway(['assets', 'add', 'Lecture 8 (final).mp4', '--json'], { env: own, cwd: folder });
    expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(made.stdout)).toMatchObject({
      ...{ job: 'asset:Lecture-8-final', created: true, endpoints: [{ configurationId: 'cmaf', status: 'complete' }] },
    });
    const { code, stdout } = await reelway(['health', '--json'], { env: own });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.stringContaining('no server runs')]) as string[],
    });
    // Said of the settings, as no server is there that anything could be said of.
    const told = await reelway(['health'], { env: { ...own, REELWAY_API_TOKENS: 'ops@viewer:a-secret-of-the-tests' } });
    expect(told.stdout, told.stderr).toMatch(/^tokens:\n {2}ops \(viewer\)$/m);
    expect(told.stdout).toMatch(/^this command, as its settings say:$/m);
    expect(told.stdout).not.toMatch(/^this server:|^ {2}since /m);
  }, 120_000);
});
