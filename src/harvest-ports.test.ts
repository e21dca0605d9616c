import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../test/support/http-server.js';
import { readConfig } from './config/config.js';
import { harvestPorts } from './harvest-ports.js';
import { localStore } from './storage/local.js';
import { harvest } from './transfer/harvest/harvest.js';

const segments = 10;
const segment = Buffer.alloc(30_000, 'G');
const playlist = [
  '#EXTM3U',
  ...Array.from({ length: segments }, (_, n) => `#EXTINF:1,\n${n}.ts`),
  '#EXT-X-ENDLIST',
].join('\n');

/** Two harvests at once, of one host. */
async function twoHarvests(settings: Record<string, string>): Promise<{ seconds: number; atOnce: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-harvest-ports-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  let underWay = 0;
  let atOnce = 0;
  const { origin } = await loopbackServer(({ url }, response) => {
    atOnce = Math.max(atOnce, ++underWay);
    setTimeout(() => {
      underWay--;
      response.end(url?.endsWith('.m3u8') ? playlist : segment);
    }, 20);
  });
  const ports = harvestPorts(readConfig({ REELWAY_PRIVATE_HOSTS: '127.0.0.1', ...settings }));
  onTestFinished(() => ports.client.close());
  const began = performance.now();
  await Promise.all(
    ['a', 'b'].map((name) => {
      const job = { url: `${origin}/${name}/i.m3u8`, subject: name, store: localStore({ folder }), folder: name };
      return harvest(ports, job, () => undefined);
    }),
  );
  return { seconds: (performance.now() - began) / 1000, atOnce };
}

it('harvests of a server stay together below the limits of the settings', async () => {
  expect((await twoHarvests({})).atOnce).toBeGreaterThan(segments);
  expect((await twoHarvests({ REELWAY_HARVEST_CONCURRENCY: '3' })).atOnce).toBeLessThanOrEqual(3);
  // Manifests are asked for twice.
  const requests = 2 * (segments + 2);
  expect((await twoHarvests({ REELWAY_HARVEST_RATE: '20' })).seconds).toBeGreaterThanOrEqual(
    (requests - 1) / 20 - 0.05,
  );
  const megabytes = (2 * segments * segment.length) / 1e6;
  expect((await twoHarvests({ REELWAY_HARVEST_BANDWIDTH: '1' })).seconds).toBeGreaterThanOrEqual(megabytes - 0.05);
});

it.each([
  ['REELWAY_HARVEST_RATE', '0'],
  ['REELWAY_HARVEST_BANDWIDTH', '-1'],
  ['REELWAY_HARVEST_CONCURRENCY', '257'],
])('%s=%s is refused', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(expect.objectContaining({ code: 'invalid_settings' }) as Error);
});
