import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import { pace } from '../../net/pace.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { localStore } from '../../storage/local.js';
import { harvest } from './harvest.js';

const segments = Array.from({ length: 10 }, (_, number) => `${number}.ts`);
const entry = ['#EXTM3U', ...[1, 2, 3, 4].flatMap((n) => [`#EXT-X-STREAM-INF:BANDWIDTH=${n}`, `${n}/p.m3u8`])].join(
  '\n',
);
const playlist = ['#EXTM3U', ...segments.flatMap((name) => ['#EXTINF:4,', name]), '#EXT-X-ENDLIST'].join('\n');

it('asks for what is missing alone, in whichever order the playlists arrive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-resume-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
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
  const url = `${server.origin}/index.m3u8`;
  const client = httpClient({ policy: trusting(url, { privateHosts: [] }) });
  onTestFinished(() => client.close());
  const mirror = () =>
    harvest(
      { client, pace: pace({ concurrency: 8 }), concurrency: 8 },
      { url, subject: 'test', store: localStore({ folder }), folder: 'm' },
      () => undefined,
    );
  await mirror();
  for (order of [
    [4, 3, 2, 1],
    [2, 4, 1, 3],
  ]) {
    segmentsAsked = [];
    await unlink(join(folder, 'm/1/3.ts'));
    await unlink(join(folder, 'm/4/7.ts'));
    expect(await mirror()).toMatchObject({ status: 'repaired', fetched: { objects: 2 } });
    expect(segmentsAsked.sort()).toEqual(['/1/3.ts', '/4/7.ts']);
  }
});
