import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSource } from '../../../../test/conformance/source.js';
import { requires } from '../../../../test/support/requires.js';
import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import { packagingPorts, type PackagingPortsSettings } from '../../../packaging-ports.js';
import { localStore } from '../../../storage/local.js';
import { listFolder, readInventory, verifyInventory } from '../../../transfer/inventory.js';
import type { EndpointProgress } from '../egress.js';
import { growingEngine } from './growing-engine.js';
import { inlineEngine } from './inline-engine.js';
import type { PackagingJob, PackagingTools } from './packaging-job.js';
import { produceEndpoints } from './produce-endpoints.js';
import { spawnThread } from './spawn-thread.js';
import { threadedEngine, type ThreadedEngine } from './threaded-engine.js';

const home = mkdtempSync(path.join(tmpdir(), 'reelway-packaging-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cmaf: PackagingConfiguration = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
const dash: PackagingConfiguration = { Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } };

describe.runIf(requires('ffmpeg'))('the embedded packager', () => {
  let source: string;
  let out: string;
  let run = 0;

  beforeAll(async () => {
    source = (await makeSource(path.join(home, 'source'), { seconds: 8 })).entry;
  });
  beforeEach(() => {
    out = path.join(home, `out-${++run}`);
  });
  afterEach(() => rm(out, { recursive: true, force: true }));

  const settings = (): PackagingPortsSettings => ({
    storage: { kind: 'file', folder: out },
    privateHosts: '',
    trustSourceHost: false,
    dedicated: true,
  });

  function inline(): PackagingTools {
    const ports = packagingPorts(settings());
    return { openStore: ports.openStore, engine: inlineEngine({ ...ports, concurrency: 3 }) };
  }

  function job(configurations = [cmaf, dash], of = source): PackagingJob {
    const endpoints = configurations.map((configuration) => ({
      assetId: 'lecture',
      configuration,
      destination: `lecture/${configuration.Id}`,
    }));
    return { source: of, endpoints };
  }

  async function produce(what = job(), tools = inline()) {
    const reports: EndpointProgress[] = [];
    const results = await produceEndpoints(tools, what, (progress) => reports.push(progress));
    return { results, reports, statuses: results.map(({ status }) => status) };
  }

  const at = (name: string) => path.join(out, 'lecture', name);

  async function facts(folder: string): Promise<Map<string, { ino: number; mtimeMs: number }>> {
    const keys = [...(await listFolder(localStore({ folder: out }), `lecture/${folder}`)).keys()].sort();
    const found = new Map<string, { ino: number; mtimeMs: number }>();
    for (const key of keys) {
      const { ino, mtimeMs } = await stat(at(`${folder}/${key}`));
      found.set(key, { ino, mtimeMs });
    }
    return found;
  }

  /** Changes one byte in the middle of a file, in place. */
  async function damage(file: string): Promise<void> {
    const { size } = await stat(file);
    const handle = await open(file, 'r+');
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, size >> 1);
    await handle.write(Buffer.from([byte[0]! ^ 0xff]), 0, 1, size >> 1);
    await handle.close();
  }

  async function isComplete(folder: string): Promise<boolean> {
    const store = localStore({ folder: out });
    const inventory = await readInventory(store, `lecture/${folder}`);
    return (
      inventory !== undefined && (await verifyInventory(store, `lecture/${folder}`, inventory, { deep: true })).complete
    );
  }

  it('makes every endpoint of the job, with an inventory that lists all there is, and leaves no journal', async () => {
    const { results, reports } = await produce();
    expect(results.map(({ status, manifests }) => ({ status, manifests }))).toEqual([
      { status: 'complete', manifests: ['lecture/cmaf/index.m3u8'] },
      { status: 'complete', manifests: ['lecture/dash/index.mpd'] },
    ]);
    for (const folder of ['cmaf', 'dash']) {
      expect(await isComplete(folder)).toBe(true);
      const inventory = await readInventory(localStore({ folder: out }), `lecture/${folder}`);
      const listed = inventory?.objects.map(({ key }) => key);
      const there = [...(await facts(folder)).keys()];
      expect(there).toEqual([...(listed ?? []), '.reelway/inventory.json'].sort());
    }
    const [cmafResult] = results;
    expect(cmafResult?.durationMs).toBeGreaterThan(7900);
    expect(cmafResult?.durationMs).toBeLessThan(8200);
    const last = reports.at(-1);
    expect(last?.segmentsDone).toBe(last?.segmentsTotal);
  });

  it('makes segments that endpoints share once, and links them into the others', async () => {
    const { reports } = await produce();
    const [one, other] = [await facts('cmaf'), await facts('dash')];
    const shared = [...one].filter(([key]) => key.endsWith('.m4s'));
    expect(shared.length).toBeGreaterThan(8);
    for (const [key, { ino }] of shared) expect(other.get(key)?.ino).toBe(ino);
    const media = await sizeOfSource(source);
    expect(reports.at(-1)?.bytesRead).toBe(media);
  });

  it('does nothing when all is there and verified', async () => {
    await produce();
    const before = await facts('cmaf');
    const { statuses, reports } = await produce();
    expect(statuses).toEqual(['skipped', 'skipped']);
    expect(await facts('cmaf')).toEqual(before);
    expect(reports.at(-1)?.bytesRead).toBe(0);
  });

  it('repairs what is damaged or missing and makes nothing else again', async () => {
    await produce(job([cmaf]));
    const before = await facts('cmaf');
    await damage(at('cmaf/video_1/2.m4s'));
    await rm(at('cmaf/audio_1/3.m4s'));
    await rm(at('cmaf/index.m3u8'));
    const { results } = await produce(job([cmaf]));
    expect(results).toMatchObject([{ status: 'repaired', manifests: ['lecture/cmaf/index.m3u8'] }]);
    expect(await isComplete('cmaf')).toBe(true);
    const after = await facts('cmaf');
    const changed = [...after].filter(([key, { mtimeMs }]) => before.get(key)?.mtimeMs !== mtimeMs).map(([key]) => key);
    expect(changed).toEqual(['.reelway/inventory.json', 'audio_1/3.m4s', 'index.m3u8', 'video_1/2.m4s']);
  });

  it('takes segments that another endpoint of the job holds from there, without reading the source again', async () => {
    await produce(job([cmaf]));
    const { statuses, reports } = await produce();
    expect(statuses).toEqual(['skipped', 'complete']);
    expect(reports.at(-1)?.bytesRead).toBe(0);
    expect(await isComplete('dash')).toBe(true);
  });

  it('makes everything anew when the source changed, and nothing of the old is left', async () => {
    const changing = path.join(home, 'changing');
    const first = await makeSource(changing, { seconds: 8 });
    await produce(job([cmaf], first.entry));
    const before = await facts('cmaf');
    await rm(changing, { recursive: true });
    const second = await makeSource(changing, { seconds: 4, bFrames: 0 });
    const { statuses } = await produce(job([cmaf], second.entry));
    expect(statuses).toEqual(['complete']);
    expect(await isComplete('cmaf')).toBe(true);
    expect((await facts('cmaf')).size).toBeLessThan(before.size);
  });

  it('takes a source that lies elsewhere now for the same', async () => {
    await produce(job([cmaf]));
    const moved = path.join(home, 'moved');
    await cp(path.dirname(source), moved, { recursive: true });
    const { statuses } = await produce(job([cmaf], path.join(moved, path.basename(source))));
    expect(statuses).toEqual(['skipped']);
  });

  it('refuses a folder that holds something else before it touches any endpoint of the job', async () => {
    await mkdir(at('dash'), { recursive: true });
    await writeFile(at('dash/holiday.jpg'), 'x');
    await expect(produce()).rejects.toMatchObject({ code: 'destination_occupied' });
    expect([...(await facts('dash')).keys()]).toEqual(['holiday.jpg']);
    expect((await facts('cmaf')).size).toBe(0);
  });

  it('announces nothing when it is cancelled, and goes on from there the next time', async () => {
    const controller = new AbortController();
    const cancelled = produceEndpoints(inline(), { ...job([cmaf]), signal: controller.signal }, () =>
      controller.abort(),
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect((await facts('cmaf')).has('.reelway/inventory.json')).toBe(false);
    const begun = (await facts('cmaf')).size;
    expect(begun).toBeGreaterThan(1);
    const { statuses, reports } = await produce(job([cmaf]));
    expect(statuses).toEqual(['complete']);
    expect(reports.at(-1)?.bytesRead).toBeLessThan(await sizeOfSource(source));
    expect(await isComplete('cmaf')).toBe(true);
  });

  it('names what it cannot honour before anything is written', async () => {
    const MssManifests = [{ ManifestName: 'a' }, { ManifestName: 'b' }];
    await expect(produce(job([cmaf, { Id: 'mss', MssPackage: { MssManifests } }]))).rejects.toMatchObject({
      code: 'configuration_unsupported',
      message: expect.stringContaining('MssManifests') as string,
    });
    expect((await facts('cmaf')).size).toBe(0);
  });

  it('tells where a source is broken that was sound when its segments began', async () => {
    const folder = path.join(home, 'broken');
    const { entry } = await makeSource(folder, { seconds: 8, shape: 'media playlist' });
    const segment = (await readFile(entry, 'utf8')).split('\n').filter((line) => line.endsWith('.ts'))[2]!;
    const file = path.join(path.dirname(entry), segment);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, Math.floor(bytes.length / 2)));
    const failure = await produce(job([cmaf], entry)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'source_invalid',
      details: { uri: expect.stringContaining(segment) as string },
    });
    expect((await facts('cmaf')).has('.reelway/inventory.json')).toBe(false);
  });

  describe('on worker threads', () => {
    let engine: ThreadedEngine;
    afterEach(() => engine.close());

    function threaded(threads = 2): PackagingTools {
      engine = threadedEngine({ threads, spawn: () => spawnThread('packaging-thread', { ...settings() }) });
      return { openStore: packagingPorts(settings()).openStore, engine };
    }

    /** Keys and digests of what the job made; the folder is empty again then. */
    async function digestsBy(tools: PackagingTools): Promise<readonly string[] | undefined> {
      await produce(job([cmaf]), tools);
      const made = await readInventory(localStore({ folder: out }), 'lecture/cmaf');
      await rm(out, { recursive: true });
      return made?.objects.map(({ key, digest }) => `${key} ${digest}`);
    }

    it('makes the same bytes', async () => {
      expect(await digestsBy(threaded())).toEqual(await digestsBy(inline()));
    });

    it('makes the same bytes in the main thread and in others beside it, which start when the source is large', async () => {
      const ports = packagingPorts(settings());
      const { engine: threads, openStore } = threaded();
      let started = 0;
      const growing = (threshold: number) =>
        growingEngine({
          ...{ openSource: ports.openSource, inline: inlineEngine({ ...ports, concurrency: 1 }), threshold },
          startThreads: () => Promise.resolve({ ...threads, close: () => engine.close(), started: ++started }),
        });
      const expected = await digestsBy(inline());
      expect(await digestsBy({ openStore, engine: growing(1e9) })).toEqual(expected);
      expect(started).toBe(0);
      const large = growing(1000);
      expect(await digestsBy({ openStore, engine: large })).toEqual(expected);
      expect(started).toBe(1);
      expect(large.concurrency).toBe(1 + threads.concurrency);
    });

    it('packages several jobs on the same threads at once', async () => {
      const tools = threaded();
      const both = await Promise.all([produce(job([cmaf]), tools), produce(job([dash]), tools)]);
      expect(both.map(({ statuses }) => statuses)).toEqual([['complete'], ['complete']]);
    });

    it('hands failures over with their code and place', async () => {
      const missing = path.join(home, 'nowhere.m3u8');
      await expect(produce(job([cmaf], missing), threaded())).rejects.toMatchObject({ code: 'source_not_found' });
    });

    it('stops when the job is cancelled, and serves the next', async () => {
      const tools = threaded();
      const controller = new AbortController();
      const first = produceEndpoints(tools, { ...job([cmaf]), signal: controller.signal }, () => controller.abort());
      await expect(first).rejects.toMatchObject({ code: 'cancelled' });
      expect((await produce(job([cmaf]), tools)).statuses).toEqual(['complete']);
    });

    it('fails what a dying thread had under way, and replaces the thread', async () => {
      let spawned = 0;
      engine = threadedEngine({
        threads: 1,
        spawn: () => {
          const worker = spawnThread('packaging-thread', { ...settings() });
          if (++spawned === 1) worker.once('online', () => void worker.terminate());
          return worker;
        },
      });
      const tools = { openStore: packagingPorts(settings()).openStore, engine };
      await expect(produce(job([cmaf]), tools)).rejects.toMatchObject({ code: 'internal' });
      expect((await produce(job([cmaf]), tools)).statuses).toEqual(['complete']);
      expect(spawned).toBe(2);
    });
  });
});

/** bytes of all media segments that the source's playlists name */
async function sizeOfSource(entry: string): Promise<number> {
  let bytes = 0;
  for (const name of (await readFile(entry, 'utf8')).split('\n').filter((line) => /\.(m3u8|ts)$/.test(line))) {
    const file = path.join(path.dirname(entry), name);
    bytes += name.endsWith('.ts') ? (await stat(file)).size : await sizeOfSource(file);
  }
  return bytes;
}
