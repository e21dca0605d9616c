import { createHash } from 'node:crypto';
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import type { Failure } from '../../domain/failure.js';
import { httpClient } from '../../net/request.js';
import { localStore } from '../../storage/local.js';
import { readInventory } from '../inventory.js';
import {
  harvestUnderTest,
  keysOfSmall,
  media,
  origin,
  segment,
  smallPresentation,
  type Files,
  type Respond,
} from './harvest-under-test.case.js';
import { urlOfKey } from './keys.js';

const under = harvestUnderTest();
const { mirror, stored } = under;

/** Object and address of each. */
const objectsOfSmall = (files: Files): [string, Buffer][] =>
  keysOfSmall.map((key) => [key, Buffer.from((files[`/v/${key}`] ?? files[`/v/${key}?m=7`]) as string)]);

describe('a harvest', () => {
  it('mirrors every object untouched, manifests and all, with an inventory of sizes and digests', async () => {
    const files = smallPresentation();
    const server = await origin(files);
    const result = await mirror(server, '/v/index.m3u8');
    expect(result).toMatchObject({ status: 'complete', manifest: 'm/index.m3u8', objects: 8, durationMs: 8000 });
    expect(await stored()).toEqual(['.reelway/inventory.json', ...keysOfSmall].sort());
    const inventory = (await readInventory(localStore({ folder: under.folder }), 'm'))!;
    expect(inventory.entries).toEqual(['index.m3u8']);
    for (const [key, bytes] of objectsOfSmall(files)) {
      expect((await readFile(join(under.folder, 'm', key))).equals(bytes), key).toBe(true);
      const object = inventory.objects.find((each) => each.key === key)!;
      expect(object.size).toBe(bytes.length);
      expect(object.digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      expect(files).toHaveProperty([
        urlOfKey(inventory.harvest!.root, key)!.slice(server.origin.length) + (key.startsWith('2/') ? '?m=7' : ''),
      ]);
    }
    const typeOf = (key: string) => inventory.objects.find((each) => each.key === key)!.contentType;
    expect([typeOf('1/a.ts'), typeOf('index.m3u8'), typeOf('k/key')]).toEqual([
      'video/mp2t',
      'application/vnd.apple.mpegurl',
      'application/octet-stream',
    ]);
    expect(JSON.stringify(inventory)).not.toContain('m=7');
  });

  it('asks for nothing when all is in place, and for what is damaged or missing alone', async () => {
    const server = await origin(smallPresentation());
    await mirror(server, '/v/index.m3u8');
    const before = server.requests.length;
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({
      status: 'skipped',
      objects: 8,
      fetched: { objects: 0 },
    });
    expect(server.requests.length).toBe(before);

    await truncate(join(under.folder, 'm/1/a.ts'), 10);
    await unlink(join(under.folder, 'm/2/b.ts'));
    await writeFile(join(under.folder, 'm/1/b.ts'), segment('XX')); // of the right size
    const repaired = await mirror(server, '/v/index.m3u8');
    expect(repaired).toMatchObject({ status: 'repaired', fetched: { objects: 3 } });
    expect(server.requests.filter((line) => line.endsWith('/v/k/key'))).toHaveLength(1);
    expect((await readFile(join(under.folder, 'm/1/b.ts'))).equals(segment('1b'))).toBe(true);
  });

  it('does not touch a folder with objects of others, nor another mirror', async () => {
    const server = await origin(smallPresentation());
    await localStore({ folder: under.folder }).put('m/theirs.txt', Buffer.from('x'));
    await expect(mirror(server, '/v/index.m3u8')).rejects.toMatchObject({ code: 'destination_occupied' });
    await mirror(server, '/v/index.m3u8', { folder: 'n' });
    await expect(mirror(server, '/v/index.m3u8', { folder: 'n', subject: 'other' })).rejects.toMatchObject({
      code: 'destination_occupied',
    });
    expect(await stored()).toEqual(['theirs.txt']);
  });

  it('is refused before anything is brought over when its inventory could not be read back', async () => {
    const server = await origin(smallPresentation());
    const failure = await mirror(server, '/v/index.m3u8', { ports: { maxInventoryBytes: 66_000 } }).catch(
      (error: unknown) => error as Failure,
    );
    expect(failure).toMatchObject({ code: 'source_too_large', details: { allowed: 66_000 } });
    expect(server.requests.filter((line) => !line.includes('.m3u8'))).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('tells a folder from one whose name begins with its name', async () => {
    const server = await origin(smallPresentation());
    await localStore({ folder: under.folder }).put('Id2/theirs.txt', Buffer.from('x'));
    expect(await mirror(server, '/v/index.m3u8', { folder: 'Id' })).toMatchObject({ status: 'complete' });
  });

  it('sends credentials to the origin of the manifest alone, and reads them anew once they are refused', async () => {
    const seen: string[] = [];
    const elsewhere = await loopbackServer((request, response) => {
      seen.push(`elsewhere ${String(request.headers['x-secret'])}`);
      response.end('Gxxx');
    });
    let valid = 'one';
    const guarded =
      (body: string): Respond =>
      (request, response) => {
        if (request.headers['x-secret'] !== valid) return void response.writeHead(403).end();
        response.end(body);
      };
    const server = await origin({
      '/p.m3u8': guarded(media('#EXTINF:1,', 'a.ts', '#EXTINF:1,', `${elsewhere.origin}/b.ts`, '#EXTINF:1,', 'r.ts')),
      '/a.ts': (request, response) => {
        valid = 'two';
        guarded('Gaaa')(request, response);
      },
      '/r.ts': (_request, response) => void response.writeHead(302, { location: `${elsewhere.origin}/r.ts` }).end(),
    });
    const reads: boolean[] = [];
    const client = httpClient({
      policy: { privateHosts: [server, elsewhere].map(({ port }) => ({ kind: 'host', host: '127.0.0.1', port })) },
    });
    onTestFinished(() => client.close());
    await mirror(server, '/p.m3u8', {
      ports: { client },
      credentials: (anew) => {
        reads.push(anew);
        return Promise.resolve({ 'x-secret': anew ? 'two' : 'one' });
      },
    });
    expect(reads).toEqual([false, true]);
    expect(seen).toEqual(['elsewhere undefined', 'elsewhere undefined']);
    expect(await stored()).toEqual(
      [
        '.reelway/inventory.json',
        `127.0.0.1%3A${server.port}/a.ts`,
        `127.0.0.1%3A${server.port}/p.m3u8`,
        `127.0.0.1%3A${server.port}/r.ts`,
        `127.0.0.1%3A${elsewhere.port}/b.ts`,
      ].sort(),
    );
  });
});
