import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { itLong } from '../support/it-long.js';
import { startS3Server } from '../support/s3-server.js';
import { startSqsServer } from '../support/sqs-server.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, reelway } from '../support/reelway.js';

itLong(
  'a watched folder: what is put there becomes an asset once, also after a restart, and again when it changed',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reelway-watch-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const env = {
      REELWAY_DATA_DIR: path.join(folder, 'data'),
      // Inside what is watched: what is made there must not become the next source.
      REELWAY_STORAGE: `file:${path.join(folder, 'in/media')}`,
      REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests-of-watching',
    };
    await rename((await createDataFolder()).dataFolder, env.REELWAY_DATA_DIR);
    await mkdir(path.join(env.REELWAY_DATA_DIR, 'packaging-groups'), { recursive: true });
    const group = { Id: 'g', PackagingConfigurations: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }] };
    const stored = { PackagingGroup: { Id: 'g' }, PackagingConfigurations: group.PackagingConfigurations };
    await writeFile(path.join(env.REELWAY_DATA_DIR, 'packaging-groups/g.json'), JSON.stringify(stored));
    await cp(path.join(projectRoot, 'examples/sample/180p'), path.join(folder, 'in/lecture'), { recursive: true });

    const watch = (...more: readonly string[]) =>
      reelway(['vod', 'watch', 'in', '--packaging-group', 'g', '--to', 'vod', '--once', '--settled', '0', ...more], {
        cwd: folder,
        env,
      });
    const made = () => readdir(path.join(folder, 'in/media/vod'));
    const first = await watch();
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^lecture\/index\.m3u8: job asset:lecture-index-[0-9a-f]{12}\n$/),
    ]);
    expect(await made()).toHaveLength(1);
    const [asset = ''] = await made();
    expect(await readdir(path.join(folder, 'in/media/vod', asset, 'cmaf/.reelway'))).toContain('inventory.json');

    // The same command again names the same job, and nothing else is made.
    expect((await watch()).stdout).toBe(first.stdout);
    expect(await made()).toEqual([asset]);

    // What the group holds may come with the command, as JSON itself: for a watcher whose data folder has none.
    await rm(path.join(env.REELWAY_DATA_DIR, 'packaging-groups'), { recursive: true });
    await writeFile(path.join(folder, 'in/lecture/notes.txt'), 'nothing of the source');
    expect((await watch('--group', JSON.stringify(stored))).stdout).toBe(first.stdout);
    await appendFile(path.join(folder, 'in/lecture/index.m3u8'), '# cut anew\n');
    expect((await watch('--group', JSON.stringify(stored))).code).toBe(0);
    expect(await made()).toHaveLength(2);
  },
  120_000,
);

it('a watched bucket: its prefix is listed, or a queue tells of it; both make the same asset, once', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  const sqs = await startSqsServer({ credentials: s3.credentials, maxReceiveCount: 5 });
  const bucket: NonNullable<ReturnType<typeof s3.buckets.get>> = new Map();
  s3.buckets.set('sources', bucket);
  const sample = path.join(projectRoot, 'examples/sample/180p');
  for (const name of await readdir(sample)) {
    const bytes = await readFile(path.join(sample, name));
    const facts = { etag: `"${name}"`, contentType: 'binary/octet-stream', modified: new Date(Date.now() - 3600_000) };
    bucket.set(`incoming/a lecture #1/${name}`, { bytes, ...facts });
    bucket.set(`elsewhere/${name}`, { bytes, ...facts });
  }
  const env = {
    REELWAY_DATA_DIR: path.join(folder, 'data'),
    REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
    REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests-of-watching',
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    AWS_REGION: 'eu-west-1',
  };
  await rename((await createDataFolder()).dataFolder, env.REELWAY_DATA_DIR);
  await mkdir(path.join(env.REELWAY_DATA_DIR, 'packaging-groups'), { recursive: true });
  const configurations = [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }];
  const stored = { PackagingGroup: { Id: 'g' }, PackagingConfigurations: configurations };
  await writeFile(path.join(env.REELWAY_DATA_DIR, 'packaging-groups/g.json'), JSON.stringify(stored));
  const watch = (...more: readonly string[]) =>
    reelway(['vod', 'watch', 's3://sources/incoming', '--packaging-group', 'g', '--once', ...more], {
      cwd: folder,
      env,
    });

  const key = encodeURIComponent('incoming/a lecture #1/index.m3u8').replaceAll('%20', '+');
  const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' };
  const event = { Records: [{ ...record, s3: { bucket: { name: 'sources' }, object: { key } } }] };
  sqs.send(JSON.stringify({ Type: 'Notification', Message: JSON.stringify(event) }));
  const told = await watch('--queue', sqs.queueUrl);
  expect([told.code, told.stdout]).toEqual([
    0,
    expect.stringMatching(/^a lecture #1\/index\.m3u8: job asset:a-lecture-1-index-[0-9a-f]{12}\n$/),
  ]);
  expect(sqs.bodies()).toEqual([]);
  const [asset = ''] = await readdir(path.join(folder, 'media'));
  expect(await readdir(path.join(folder, 'media', asset, 'cmaf/.reelway'))).toContain('inventory.json');

  expect((await watch()).stdout).toBe(told.stdout);
  expect(await readdir(path.join(folder, 'media'))).toEqual([asset]);

  const wrong = await watch('--queue', 'lectures');
  expect(wrong.stderr).toContain('--queue: the address of an SQS queue is needed; given: lectures');
}, 120_000);
