import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { vodStore, type VodStore } from './vod-store.js';

describe('the store of MediaPackage VOD on the embedded database', () => storeContract(embeddedDatabase));
describe.runIf(requires('postgres'))('the store of MediaPackage VOD on a PostgreSQL server', () =>
  storeContract(serverDatabase),
);

function storeContract(open: () => Promise<OpenedDatabase>): void {
  let opened: OpenedDatabase;
  let store: VodStore;
  beforeAll(async () => {
    opened = await open();
    store = vodStore(opened.database.tables);
  });
  afterAll(() => opened.remove());

  const groupOf = (id: string) => store.groups.insert({ id, groupId: id, body: { Id: id } });
  const configurationOf = (id: string, groupId: string, most?: number) =>
    store.configurations.insert({ id, groupId, body: { Id: id } }, most);

  it('loses none of the changes that come at once', async () => {
    await groupOf('changed');
    const fields = Array.from({ length: 20 }, (_, index) => `field${index}`);
    await Promise.all(fields.map((field) => store.groups.update('changed', (body) => ({ ...body, [field]: 'there' }))));
    const { body } = (await store.groups.find('changed'))!;
    expect(Object.keys(body).sort()).toEqual(['Id', ...fields].sort());
    expect(await store.groups.update('nobody', (same) => same)).toBeUndefined();
  });

  it('lets a group have no more of a kind than is allowed, also when they come at once', async () => {
    await groupOf('full');
    const asked = Array.from({ length: 8 }, (_, index) => configurationOf(`full-${index}`, 'full', 3));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'conflict' });
    expect(await store.configurations.count('full')).toBe(3);
  });

  it('has nothing of a group that is not there', async () => {
    await expect(configurationOf('orphan', 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    for (let round = 0; round < 5; round++) {
      const id = `brief-${round}`;
      await groupOf(id);
      await Promise.allSettled([configurationOf(id, id), store.groups.remove(id)]);
      expect(await store.configurations.count(id)).toBe((await store.groups.find(id)) ? 1 : 0);
    }
  });

  it('settles capabilities for what is there alone, also while it is removed', async () => {
    await groupOf('settled');
    for (const id of ['settled-1', 'settled-2']) await configurationOf(id, 'settled');
    await store.assets.insert({ id: 'asset', groupId: 'settled', body: {} });
    await store.reserve('asset', ['settled-1', 'settled-2', 'nothing']);
    const first = await store.endpoints('asset');
    expect([...first.keys()].sort()).toEqual(['settled-1', 'settled-2']);
    await store.reserve('asset', ['settled-1']);
    expect(await store.endpoints('asset')).toEqual(first);
    await store.reserve('nobody', ['settled-1']);
    expect((await store.endpoints('nobody')).size).toBe(0);

    for (let round = 0; round < 10; round++) {
      const id = `going-${round}`;
      await store.assets.insert({ id, groupId: 'settled', body: {} });
      await Promise.all([store.withdraw({ assetId: id }), store.reserve(id, ['settled-1'])]);
      expect([await store.assets.find(id), (await store.endpoints(id)).size]).toEqual([undefined, 0]);
    }
    await Promise.all([store.withdraw({ configurationId: 'settled-2' }), store.reserve('asset', ['settled-2'])]);
    expect([...(await store.endpoints('asset')).keys()]).toEqual(['settled-1']);
  });
}
