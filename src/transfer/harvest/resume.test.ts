import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import { Failure } from '../../domain/failure.js';
import { localStore } from '../../storage/local.js';
import { readInventory } from '../inventory.js';
import { harvestUnderTest, origin, segment, smallPresentation } from './harvest-under-test.case.js';

const under = harvestUnderTest();
const { mirror, stored } = under;

describe('a harvest', () => {
  it('goes on where it was stopped, with what was verified', async () => {
    const files = smallPresentation();
    let stop: (() => void) | undefined;
    const abort = new AbortController();
    files['/v/2/b.ts?m=7'] = (_request, response) => {
      response.writeHead(200, { 'content-length': 2_500_000 }).write('G');
      stop = () => abort.abort(new Failure('cancelled', 'enough'));
      setTimeout(stop, 300);
    };
    const server = await origin(files);
    await expect(mirror(server, '/v/index.m3u8', { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await stored()).not.toContain('index.m3u8');
    expect(await readInventory(localStore({ folder: under.folder }), 'm')).toBeUndefined();

    files['/v/2/b.ts?m=7'] = segment('2b', 2_500_000);
    const before = server.requests.length;
    await unlink(join(under.folder, 'm/1/a.ts'));
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({
      status: 'complete',
      objects: 8,
      fetched: { objects: 5 },
    });
    const asked = server.requests.slice(before);
    expect(asked).toContain('GET /v/1/a.ts');
    expect(asked).not.toContain('GET /v/k/key');
  });

  it('asks anew for what was brought over before the manifests changed', async () => {
    const files = smallPresentation();
    const good = files['/v/2/b.ts?m=7']!;
    files['/v/2/b.ts?m=7'] = (_request, response) => void response.writeHead(410).end();
    const server = await origin(files);
    await expect(mirror(server, '/v/index.m3u8')).rejects.toMatchObject({ code: 'source_not_found' });
    files['/v/2/b.ts?m=7'] = good;
    files['/v/1/a.ts'] = segment('other');
    files['/v/1/p.m3u8'] = `${String(files['/v/1/p.m3u8'])}# changed\n`;
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({ status: 'complete' });
    expect((await readFile(join(under.folder, 'm/1/a.ts'))).equals(segment('other'))).toBe(true);
  });
});

const segments = Array.from({ length: 10 }, (_, number) => `${number}.ts`);
const entry = ['#EXTM3U', ...[1, 2, 3, 4].flatMap((n) => [`#EXT-X-STREAM-INF:BANDWIDTH=${n}`, `${n}/p.m3u8`])].join(
  '\n',
);
const playlist = ['#EXTM3U', ...segments.flatMap((name) => ['#EXTINF:4,', name]), '#EXT-X-ENDLIST'].join('\n');

it('asks for what is missing alone, in whichever order the playlists arrive', async () => {
  /** The variants' playlists arrive in this order. */
  let order = [1, 2, 3, 4];
  let segmentsAsked: string[] = [];
  const server = await loopbackServer(({ url = '' }, response) => {
    if (url === '/index.m3u8') return void response.end(entry);
    const variant = Number(url.split('/')[1]);
    if (url.endsWith('.m3u8'))
      return void setTimeout(() => response.end(`${playlist}\n# ${variant}`), 40 * order.indexOf(variant));
    segmentsAsked.push(url);
    response.end(`G${url}`);
  });
  await mirror(server, '/index.m3u8');
  for (order of [
    [4, 3, 2, 1],
    [2, 4, 1, 3],
  ]) {
    segmentsAsked = [];
    await unlink(join(under.folder, 'm/1/3.ts'));
    await unlink(join(under.folder, 'm/4/7.ts'));
    expect(await mirror(server, '/index.m3u8')).toMatchObject({ status: 'repaired', fetched: { objects: 2 } });
    expect(segmentsAsked.sort()).toEqual(['/1/3.ts', '/4/7.ts']);
  }
});
