import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../test/support/reelway.js';
import { startS3Server } from '../../../../test/support/s3-server.js';
import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import { packagingPorts } from '../../../packaging-ports.js';
import { localStore } from '../../../storage/local.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { s3Store } from '../../../storage/s3.js';
import { listFolder, readInventory } from '../../../transfer/inventory.js';
import type { EndpointProgress } from '../egress.js';
import { inlineEngine } from './inline-engine.js';
import { produceEndpoints, produceUpTo } from './produce-endpoints.js';
import { producePart } from './produce-part.js';

const home = mkdtempSync(path.join(tmpdir(), 'reelway-single-files-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const source = path.join(projectRoot, 'examples/sample/index.m3u8');
const manifests = [{ ManifestName: 'index' }];
const separate: PackagingConfiguration = {
  Id: 'separate',
  CmafPackage: { HlsManifests: [{ ManifestName: 'index', IncludeIframeOnlyStream: true }], DashManifests: manifests },
};
const single: PackagingConfiguration = {
  Id: 'single',
  CmafPackage: { ...separate.CmafPackage!, SegmentLayout: 'SINGLE_FILE' },
};
const listed = [
  '.reelway/inventory.json',
  'audio_1/media.mp4',
  'index.m3u8',
  'index.mpd',
  ...['audio_1', 'iframes', 'video_1', 'video_2'].map((name) => `index_${name}.m3u8`),
  'video_1/media.mp4',
  'video_2/media.mp4',
];

let run = 0;
let out: string;
beforeEach(() => {
  out = path.join(home, `out-${++run}`);
});

const at = (name: string) => path.join(out, 'lecture', name);
const tools = (store: ObjectStore = localStore({ folder: out })) => {
  const { openSource } = packagingPorts({
    storage: { kind: 'file', folder: out },
    privateHosts: '',
    trustSourceHost: false,
    dedicated: true,
  });
  const openStore = () => store;
  return { openStore, engine: inlineEngine({ openSource, openStore, concurrency: 3 }) };
};
const jobOf = (...configurations: PackagingConfiguration[]) => ({
  source,
  endpoints: configurations.map((configuration) => ({
    assetId: 'lecture',
    configuration,
    destination: `lecture/${configuration.Id}`,
  })),
});

async function produce(configurations = [single], store?: ObjectStore) {
  const reports: EndpointProgress[] = [];
  const results = await produceEndpoints(tools(store), jobOf(...configurations), (progress) => reports.push(progress));
  return { statuses: results.map(({ status }) => status), read: reports.at(-1)?.bytesRead ?? 0 };
}

const keysIn = async (folder: string) =>
  [...(await listFolder(localStore({ folder: out }), `lecture/${folder}`)).keys()].sort();

/** Every byte, but for the time and the inodes in the inventory. */
async function contents(folder: string): Promise<Record<string, string>> {
  const keys = (await keysIn(folder)).filter((key) => !key.startsWith('.reelway/'));
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, (await readFile(at(`${folder}/${key}`))).toString('base64')])),
  ) as Record<string, string>;
}

/** A store of which something goes wrong. */
function withTrouble(trouble: Partial<ObjectStore>, store = localStore({ folder: out })): ObjectStore {
  return { ...store, ...trouble };
}

async function madeOnce(): Promise<Record<string, string>> {
  await produce();
  return contents('single');
}

describe('single files', () => {
  it('hold the bytes of the segments, which are not left beside them', async () => {
    await produce([separate, single]);
    expect(await keysIn('single')).toEqual(listed.toSorted());
    for (const id of ['video_1', 'video_2', 'audio_1']) {
      const read = (name: string) => readFile(at(`separate/${id}/${name}`));
      const segments = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => read(`${number}.m4s`)));
      const init = await read('init.mp4');
      const file = await readFile(at(`single/${id}/media.mp4`));
      expect(file.subarray(0, init.length).equals(init)).toBe(true);
      expect(file.subarray(init.length + 40 + 12 * segments.length).equals(Buffer.concat(segments))).toBe(true);
    }
  });

  it('are complete when the same job comes again, and nothing is read', async () => {
    await produce();
    expect(await produce()).toEqual({ statuses: ['skipped'], read: 0 });
  });

  it('are the same bytes on S3', async () => {
    const expected = await madeOnce();
    const server = await startS3Server();
    try {
      server.buckets.set('bucket', new Map());
      const { credentials, endpoint } = server;
      const store = s3Store({ bucket: 'bucket', endpoint, credentials });
      expect((await produce([single], store)).statuses).toEqual(['complete']);
      const objects = server.buckets.get('bucket')!;
      expect([...objects.keys()].sort()).toEqual(listed.map((key) => `lecture/single/${key}`).sort());
      for (const [key, bytes] of Object.entries(expected))
        expect(objects.get(`lecture/single/${key}`)!.bytes.toString('base64'), key).toBe(bytes);
      expect((await produce([single], store)).statuses).toEqual(['skipped']);
    } finally {
      await server.stop();
    }
  });

  it.each([
    ['video_1/media.mp4', 'stored'],
    ['video_2/media.mp4', 'stored'],
    ['video_1/4.m4s', 'removed'],
    ['audio_1/1.m4s', 'removed'],
    ['index.mpd', 'stored'],
  ])('are the same after a job that ended just before %s was %s', async (key, when) => {
    const expected = await madeOnce();
    await rm(at('single'), { recursive: true });
    const store = localStore({ folder: out });
    const end = (given: string) => {
      if (given === `lecture/single/${key}`) throw new Error('the process ends here');
    };
    const ending = withTrouble(
      when === 'stored'
        ? { put: async (given, ...rest) => (end(given), store.put(given, ...rest)) }
        : { remove: async (given) => (end(given), store.remove(given)) },
    );
    await expect(produce([single], ending)).rejects.toThrow();
    expect(await keysIn('single')).not.toContain('.reelway/inventory.json');
    const { statuses, read } = await produce();
    expect({ statuses, read }).toEqual({ statuses: ['complete'], read: 0 }); // every segment had been made
    expect(await keysIn('single')).toEqual(listed.toSorted());
    expect(await contents('single')).toEqual(expected);
  });

  it('are made of segments that several processes made', async () => {
    const expected = await madeOnce();
    await rm(at('single'), { recursive: true });
    expect(await produceUpTo(1, tools(), jobOf(single), () => undefined)).toEqual({ left: 12 });
    for (const index of [1, 0]) await producePart(tools(), jobOf(single), { index, of: 2 }, () => undefined);
    expect(await keysIn('single')).toContain('video_1/6.m4s');
    expect(await produce()).toEqual({ statuses: ['complete'], read: 0 });
    expect(await keysIn('single')).toEqual(listed.toSorted());
    expect(await contents('single')).toEqual(expected);
  });

  it('are repaired one by one', async () => {
    const expected = await madeOnce();
    const sound = (await stat(at('single/video_1/media.mp4'))).mtimeMs;
    const handle = await open(at('single/video_2/media.mp4'), 'r+');
    await handle.write(Buffer.from('damage'), 0, 6, 100_000);
    await handle.close();
    const { statuses, read } = await produce();
    expect(statuses).toEqual(['repaired']);
    expect(read).toBeGreaterThan(0);
    expect((await stat(at('single/video_1/media.mp4'))).mtimeMs).toBe(sound);
    expect(await contents('single')).toEqual(expected);
  });

  it('are known again when playlists are gone: no byte of the source is read for them', async () => {
    const expected = await madeOnce();
    for (const name of ['index_iframes.m3u8', 'index.mpd']) await rm(at(`single/${name}`));
    expect(await produce()).toEqual({ statuses: ['repaired'], read: 0 });
    expect(await contents('single')).toEqual(expected);
  });

  it('are not made of a segment that has changed since it was stored, which the next attempt makes again', async () => {
    const expected = await madeOnce();
    await rm(at('single'), { recursive: true });
    const store = localStore({ folder: out });
    const spoiling = withTrouble({
      async put(key, body, options) {
        const stored = await store.put(key, body, options);
        if (key === 'lecture/single/video_1/3.m4s') {
          const handle = await open(path.join(out, key), 'r+');
          await handle.write(Buffer.from('spoilt'), 0, 6, 5000);
          await handle.close();
        }
        return stored;
      },
    });
    await expect(produce([single], spoiling)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('video_1/media.mp4') as string,
    });
    expect(await keysIn('single')).not.toContain('video_1/media.mp4');
    expect((await produce()).statuses).toEqual(['complete']);
    expect(await contents('single')).toEqual(expected);
  });

  it('take the place of separate segments, and the other way round, with nothing left of what was there', async () => {
    const asOne = (layout: 'SINGLE_FILE' | 'SEGMENTS'): PackagingConfiguration => ({
      Id: 'changing',
      CmafPackage: { HlsManifests: manifests, SegmentLayout: layout },
    });
    await produce([asOne('SEGMENTS')]);
    expect(await keysIn('changing')).toContain('video_1/1.m4s');
    await produce([asOne('SINGLE_FILE')]);
    expect((await keysIn('changing')).filter((key) => key.startsWith('video_1/'))).toEqual(['video_1/media.mp4']);
    await produce([asOne('SEGMENTS')]);
    expect(await keysIn('changing')).not.toContain('video_1/media.mp4');
  });
});

// The inventory keeps of each file where its segments are: what manifests say is made of it.
describe('the inventory of single files', () => {
  it('lists them with their segments', async () => {
    await produce();
    const inventory = await readInventory(localStore({ folder: out }), 'lecture/single');
    const video = inventory?.objects.find(({ key }) => key === 'video_1/media.mp4');
    expect(video?.segments).toHaveLength(6);
    expect(video?.segments?.[0]?.iFrames?.length).toBeGreaterThan(0);
    const inSegments = video!.segments!.reduce((sum, { size }) => sum + size, 0);
    expect(video!.size - inSegments).toBe(658 + 40 + 12 * 6);
  });
});
