import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InventoryObject } from '../../../domain/inventory.js';
import { localStore } from '../../../storage/local.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { crc32Digest } from '../../../transfer/digest.js';
import { listFolder, writeInventory } from '../../../transfer/inventory.js';
import { surveyDestination, takePossession, type EndpointWork } from './destination.js';
import { journalWriter, readClaim, removeJournal } from '../../../transfer/journal.js';

let root: string;
let store: ObjectStore;
let work: EndpointWork;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reelway-destination-'));
  store = localStore({ folder: root });
  work = { at: { store, folder: 'a/cmaf' }, subject: 'a/cmaf', fingerprint: 'now', keys: ['init', '1', '2'] };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function place(key: string, text = key): Promise<InventoryObject> {
  const bytes = Buffer.from(text);
  await store.put(`a/cmaf/${key}`, bytes);
  return { key, size: bytes.byteLength, digest: crc32Digest([bytes]), contentType: 'text/plain' };
}

async function finish(of: EndpointWork, objects: InventoryObject[]): Promise<void> {
  const { subject, fingerprint } = of;
  const completedAt = new Date().toISOString();
  await writeInventory(store, 'a/cmaf', { version: 1, subject, fingerprint, completedAt, entries: ['index'], objects });
}

async function begin(of: EndpointWork, keys: string[]): Promise<void> {
  await takePossession(of, await surveyDestination(of));
  const journal = journalWriter(of.at, of.fingerprint);
  for (const key of keys) await journal.record([await place(key)]);
  await journal.flush();
}

/** Keys of what lies in the folder beside `.reelway/`. */
async function media(): Promise<string[]> {
  return [...(await listFolder(store, 'a/cmaf')).keys()].filter((key) => !key.startsWith('.reelway/')).sort();
}

const refused = { code: 'destination_occupied' };

describe('the folder of an endpoint', () => {
  it('is vacant when nothing is there', async () => {
    expect(await surveyDestination(work)).toMatchObject({ state: 'vacant', discard: [] });
  });

  it('that holds objects of somebody else is refused and left as it is', async () => {
    await place('holiday.jpg');
    await expect(surveyDestination(work)).rejects.toMatchObject(refused);
    expect(await media()).toEqual(['holiday.jpg']);
  });

  it.each(['claim', 'inventory'])('of another subject, known by its %s, is refused', async (by) => {
    const other = { ...work, subject: 'b/cmaf' };
    if (by === 'claim') await begin(other, []);
    else await finish(other, [await place('1')]);
    await expect(surveyDestination(work)).rejects.toMatchObject(refused);
  });

  it('is complete when the inventory of this work stands and all it lists is intact', async () => {
    await finish(work, [await place('1'), await place('2')]);
    const survey = await surveyDestination(work);
    expect(survey).toMatchObject({ state: 'complete', discard: [] });
    expect([...survey.intact.keys()]).toEqual(['1', '2']);
  });

  it('is damaged when something that the inventory lists is not as it was; the rest is kept, and nothing is announced meanwhile', async () => {
    await finish(work, [await place('1'), await place('2')]);
    await place('2', 'X');
    const survey = await surveyDestination(work);
    expect(survey).toMatchObject({ state: 'damaged', discard: ['2'] });
    await takePossession(work, survey);
    expect(await store.head('a/cmaf/.reelway/inventory.json')).toBeUndefined();
    const again = await surveyDestination(work);
    expect(again.state).toBe('begun');
    expect([...again.intact.keys()]).toEqual(['1']);
  });

  it('goes on from the journal, without what the journal does not know or what changed since', async () => {
    await begin(work, ['init', '1']);
    await place('2');
    await place('1', 'torn');
    const survey = await surveyDestination(work);
    expect(survey.state).toBe('begun');
    expect([...survey.intact.keys()]).toEqual(['init']);
    expect([...survey.discard].sort()).toEqual(['1', '2']);
  });

  it('starts anew for another fingerprint, and clears away what the earlier work made, finished or not', async () => {
    const before = { ...work, fingerprint: 'before', keys: ['init', '1', '2', '3'] };
    await begin(before, ['init', '1', '3']);
    await place('not-ours.txt');
    const survey = await surveyDestination(work);
    expect(survey.state).toBe('vacant');
    await takePossession(work, survey);
    expect(await media()).toEqual(['not-ours.txt']);

    await finish(before, [await place('1'), await place('index')]);
    await takePossession(work, await surveyDestination(work));
    expect(await media()).toEqual(['not-ours.txt']);
    expect((await readClaim(work.at))?.fingerprint).toBe('now');
  });

  it('remembers what is to be cleared away when it is stopped before that', async () => {
    const before = { ...work, fingerprint: 'before', keys: ['1', '9'] };
    await begin(before, ['1', '9']);
    await takePossession(work, await surveyDestination(work));
    await place('9'); // as if the removal had not come to it
    expect((await surveyDestination(work)).discard).toEqual(['9']);
  });

  it('holds no trace of the journal once it is removed', async () => {
    await begin(work, ['1']);
    await removeJournal(work.at);
    expect([...(await listFolder(store, 'a/cmaf')).keys()]).toEqual(['1']);
  });
});
