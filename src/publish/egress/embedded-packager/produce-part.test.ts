import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../test/support/reelway.js';
import { packagingPorts } from '../../../packaging-ports.js';
import { localStore } from '../../../storage/local.js';
import { listFolder, readInventory } from '../../../transfer/inventory.js';
import type { Egress, EndpointJob, LargeEndpoint } from '../egress.js';
import { embeddedPackager } from './embedded-packager.js';
import { inlineEngine } from './inline-engine.js';

const configuration = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
const unheard = () => {};

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'reelway-parts-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A worker: an egress of its own over the same folder. */
function worker(): Egress {
  const storage = { kind: 'file' as const, folder: path.join(home, 'out') };
  const ports = packagingPorts({ storage, privateHosts: '', trustSourceHost: false, dedicated: false });
  return embeddedPackager({ openStore: ports.openStore, engine: inlineEngine({ ...ports, concurrency: 2 }) });
}

function job(destination: string, source = path.join(projectRoot, 'examples/sample/index.m3u8')): EndpointJob {
  return { assetId: 'lecture', source, configuration, destination };
}

const store = () => localStore({ folder: path.join(home, 'out') });

async function digests(folder: string) {
  const inventory = await readInventory(store(), folder);
  return inventory?.objects.map(({ key, size, digest }) => ({ key, size, digest }));
}

async function segmentsIn(folder: string): Promise<string[]> {
  return [...(await listFolder(store(), folder)).keys()].filter((key) => key.endsWith('.m4s'));
}

describe('an endpoint that several workers share', () => {
  it('is the same, byte for byte, as one that a single worker made', async () => {
    await worker().produce(job('alone'), unheard);
    const { left } = (await worker().produceUpTo(3, job('shared'), unheard)) as LargeEndpoint;
    expect(left).toBeGreaterThan(3);
    expect(await segmentsIn('shared')).toEqual([]);
    await Promise.all([0, 1, 2].map((index) => worker().producePart(job('shared'), { index, of: 3 }, unheard)));
    expect(await segmentsIn('shared')).toEqual(await segmentsIn('alone'));
    // Nothing is left but manifests, which are not counted.
    expect(await worker().produceUpTo(0, job('shared'), unheard)).toMatchObject({ status: 'complete' });
    expect(await digests('shared')).toEqual(await digests('alone'));
    expect([...(await listFolder(store(), 'shared')).keys()].filter((key) => key.includes('journal'))).toEqual([]);
  });

  it('is finished by who asked for it when a part was never made', async () => {
    await worker().produce(job('alone'), unheard);
    await worker().produceUpTo(0, job('shared'), unheard);
    await worker().producePart(job('shared'), { index: 1, of: 2 }, unheard);
    const made = (await segmentsIn('shared')).length;
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan((await segmentsIn('alone')).length);
    expect(await readInventory(store(), 'shared')).toBeUndefined();

    await worker().produce(job('shared'), unheard);
    expect(await digests('shared')).toEqual(await digests('alone'));
  });

  it('gets no segment of a source that has changed since its folder was made ready', async () => {
    const source = path.join(home, 'source/index.m3u8');
    await cp(path.join(projectRoot, 'examples/sample'), path.dirname(source), { recursive: true });
    await worker().produceUpTo(0, job('shared', source), unheard);
    appendFileSync(source, '# changed\n');
    await worker().producePart(job('shared', source), { index: 0, of: 2 }, unheard);
    expect(await segmentsIn('shared')).toEqual([]);
  });

  it('has nothing left to share when it is complete', async () => {
    await worker().produce(job('shared'), unheard);
    expect(await worker().produceUpTo(0, job('shared'), unheard)).toMatchObject({ status: 'skipped' });
  });
});
