import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../test/support/reelway.js';
import type { EndpointJob, EndpointProgress } from '../egress.js';
import { coordinatedEgress, type CoordinatedEgress } from './coordinated-egress.js';
import { checkConfiguration } from './embedded-packager.js';
import { spawnThread } from './spawn-thread.js';

const source = path.join(projectRoot, 'examples/sample/180p/index.m3u8');

let out: string;
let egress: CoordinatedEgress;
let workers: Worker[];
beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'reelway-coordinated-'));
  workers = [];
  egress = coordinatedEgress({ check: checkConfiguration, spawn });
});
afterEach(async () => {
  await egress.close();
  await rm(out, { recursive: true, force: true });
});

function spawn(): Worker {
  const storage = { kind: 'file', folder: out };
  const settings = { storage, privateHosts: '', trustSourceHost: false, dedicated: false };
  const worker = spawnThread('packaging-coordinator', settings);
  workers.push(worker);
  return worker;
}

function job(id: string, change: Partial<EndpointJob> = {}): EndpointJob {
  const configuration = { Id: id, CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
  return { assetId: 'lecture', source, configuration, destination: `vod/lecture/${id}`, ...change };
}
const unheard = () => {};

describe('an egress in a thread of its own', () => {
  it('makes endpoints side by side, tells how far they are, and finds them complete afterwards', async () => {
    const seen: EndpointProgress[] = [];
    const made = await Promise.all([
      egress.produce(job('a'), (each) => seen.push(each)),
      egress.produce(job('b'), unheard),
    ]);
    expect(made.map(({ status, manifests }) => [status, manifests])).toEqual([
      ['complete', ['vod/lecture/a/index.m3u8']],
      ['complete', ['vod/lecture/b/index.m3u8']],
    ]);
    expect(seen.at(-1)).toMatchObject({ segmentsDone: seen.at(-1)?.segmentsTotal });
    expect(await egress.produce(job('a'), unheard)).toMatchObject({ status: 'skipped' });
    expect(workers).toHaveLength(1);
  });

  it('hands failures over with their code and details', async () => {
    const missing = job('a', { source: path.join(out, 'nowhere.m3u8') });
    await expect(egress.produce(missing, unheard)).rejects.toMatchObject({ code: 'source_not_found' });
    expect(() => egress.check({ Id: 'x', CmafPackage: { Encryption: {}, HlsManifests: [] } } as never)).toThrow(
      expect.objectContaining({ code: 'configuration_unsupported' }),
    );
  });

  it('stops an endpoint that is cancelled, announces nothing of it, and makes the next', async () => {
    const controller = new AbortController();
    const first = egress.produce(job('a', { signal: controller.signal }), () => controller.abort());
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(path.join(out, 'vod/lecture/a/.reelway'))).not.toContain('inventory.json');
    expect(await egress.produce(job('a'), unheard)).toMatchObject({ status: 'complete' });
  });

  it('fails what the thread had under way when it dies, and starts another', async () => {
    const first = egress.produce(job('a'), () => void workers[0]?.terminate());
    await expect(first).rejects.toMatchObject({ code: 'internal' });
    expect(await egress.produce(job('a'), unheard)).toMatchObject({ status: 'complete' });
    expect(workers).toHaveLength(2);
  });

  it('refuses work after it was closed, and fails what was under way as cancelled', async () => {
    const first = egress.produce(job('a'), () => void egress.close());
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await expect(egress.produce(job('a'), unheard)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
