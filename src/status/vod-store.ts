import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { Failure } from '../domain/failure.js';
import { exactJsonText } from './json-text.js';
import type { Tables } from './tables.js';

/** What was made through MediaPackage VOD's REST API: groups, configurations and assets as they were asked for, in PascalCase. */
export interface VodStore {
  readonly groups: VodTable;
  readonly configurations: VodTable;
  readonly assets: VodTable;
  /**
   * Settles the capabilities that the asset's endpoints have, or will have once they are made: their URLs are given away at once and never
   * change. What is not there (any more), asset or configuration, gets none.
   */
  reserve(assetId: string, configurationIds: readonly string[]): Promise<void>;
  /** Takes back an asset that was refused after all, and what was reserved for it; what other doors made under its id stays. */
  discard(assetId: string): Promise<void>;
  /** Those of an asset, by configuration id. */
  endpoints(assetId: string): Promise<ReadonlyMap<string, VodEndpoint>>;
  /** Assets whose endpoint of the configuration is reserved, and not in the catalog yet. */
  unmade(configurationId: string): Promise<readonly Pick<VodItem, 'id' | 'createdAt'>[]>;
  /** The secret of the group that an endpoint is of, where the group has CDN authorization. */
  secretOf(capability: string): Promise<string | undefined>;
  /** Removes an asset or a configuration, and takes its endpoints out of the catalog: their URLs lead nowhere then. */
  withdraw(which: { readonly assetId: string } | { readonly configurationId: string }): Promise<void>;
}

export interface VodEndpoint {
  readonly capability: string;
  /** It is in the catalog. */
  readonly playable: boolean;
}

/** Kinds of things, each with ids of its own. */
export interface VodTable {
  /**
   * @param most how many of its kind the group may have
   * @throws Failure conflict when the id is taken, or the group has as many as it may have; not_found when the group is not there
   */
  insert(item: Omit<VodItem, 'createdAt'>, most?: number): Promise<VodItem>;
  find(id: string): Promise<VodItem | undefined>;
  /** In the order of ids. @param after only ids behind this one @param groupId only those of the group */
  list(page: {
    readonly limit: number;
    readonly after?: string;
    readonly groupId?: string;
  }): Promise<readonly VodItem[]>;
  count(groupId: string): Promise<number>;
  /** Nothing comes between the reading and the writing. @returns undefined when it is not there */
  update(id: string, change: (body: VodBody) => VodBody): Promise<VodItem | undefined>;
  /** @throws Failure conflict when it is a group that is not empty */
  remove(id: string): Promise<void>;
}

export interface VodItem {
  readonly id: string;
  /** of a group: its own id */
  readonly groupId: string;
  readonly body: VodBody;
  readonly createdAt: Date;
}

export type VodBody = Readonly<Record<string, unknown>>;

export function vodStore(tables: Kysely<Tables>): VodStore {
  return {
    groups: vodTable(tables, 'group'),
    configurations: vodTable(tables, 'configuration'),
    assets: vodTable(tables, 'asset'),

    reserve: (assetId, configurationIds) =>
      tables.transaction().execute(async (transaction) => {
        const there = await presentOf(transaction, assetId, configurationIds);
        if (there.length === 0) return;
        // What the catalog has already, from a request by another door, stays.
        const made = await transaction.selectFrom('endpoint').selectAll().where('asset_id', '=', assetId).execute();
        const capabilityOf = (id: string) =>
          made.find(({ configuration_id }) => configuration_id === id)?.capability ?? randomBytes(16).toString('hex');
        await transaction
          .insertInto('vod_endpoint')
          .values(there.map((id) => ({ asset_id: assetId, configuration_id: id, capability: capabilityOf(id) })))
          .onConflict((conflict) => conflict.columns(['asset_id', 'configuration_id']).doNothing())
          .execute();
      }),

    discard: (assetId) =>
      tables.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('vod_endpoint').where('asset_id', '=', assetId).execute();
        await transaction.deleteFrom('vod_item').where('kind', '=', 'asset').where('id', '=', assetId).execute();
      }),

    async endpoints(assetId) {
      const rows = await tables
        .selectFrom('vod_endpoint as reserved')
        .leftJoin('endpoint as made', (join) =>
          join
            .onRef('made.asset_id', '=', 'reserved.asset_id')
            .onRef('made.configuration_id', '=', 'reserved.configuration_id'),
        )
        .select(['reserved.configuration_id', 'reserved.capability', 'made.published_at'])
        .where('reserved.asset_id', '=', assetId)
        .execute();
      return new Map(
        rows.map((row) => [row.configuration_id, { capability: row.capability, playable: row.published_at !== null }]),
      );
    },

    async unmade(configurationId) {
      const rows = await tables
        .selectFrom('vod_endpoint as reserved')
        .innerJoin('vod_item as asset', 'asset.id', 'reserved.asset_id')
        .leftJoin('endpoint as made', (join) =>
          join
            .onRef('made.asset_id', '=', 'reserved.asset_id')
            .onRef('made.configuration_id', '=', 'reserved.configuration_id'),
        )
        .select(['asset.id', 'asset.created_at'])
        .where('asset.kind', '=', 'asset')
        .where('reserved.configuration_id', '=', configurationId)
        .where('made.published_at', 'is', null)
        .execute();
      return rows.map(({ id, created_at }) => ({ id, createdAt: new Date(created_at) }));
    },

    async secretOf(capability) {
      const row = await tables
        .selectFrom('vod_endpoint')
        .innerJoin('vod_item as asset', 'asset.id', 'vod_endpoint.asset_id')
        .innerJoin('vod_item as group', 'group.id', 'asset.group_id')
        .select('group.body')
        .where('vod_endpoint.capability', '=', capability)
        .where('asset.kind', '=', 'asset')
        .where('group.kind', '=', 'group')
        .executeTakeFirst();
      const { Authorization: authorization } = (row?.body ?? {}) as {
        Authorization?: { CdnIdentifierSecret?: string };
      };
      return authorization?.CdnIdentifierSecret;
    },

    async withdraw(which) {
      await tables.transaction().execute(async (transaction) => {
        // The item first: who reserves at the same time has locked it, or finds it gone.
        const [kind, id] =
          'assetId' in which
            ? (['asset', which.assetId] as const)
            : (['configuration', which.configurationId] as const);
        await transaction.deleteFrom('vod_item').where('kind', '=', kind).where('id', '=', id).execute();
        if ('assetId' in which) {
          await transaction.deleteFrom('vod_endpoint').where('asset_id', '=', which.assetId).execute();
          await transaction.deleteFrom('asset').where('id', '=', which.assetId).execute();
          return;
        }
        const { configurationId } = which;
        await transaction.deleteFrom('vod_endpoint').where('configuration_id', '=', configurationId).execute();
        // Assets of other doors may have a configuration of the same id.
        const assets = transaction.selectFrom('vod_item').select('id').where('kind', '=', 'asset');
        await transaction
          .deleteFrom('endpoint')
          .where('configuration_id', '=', configurationId)
          .where('asset_id', 'in', assets)
          .execute();
      });
    },
  };
}

function vodTable(tables: Kysely<Tables>, kind: VodKind): VodTable {
  const rows = () => tables.selectFrom('vod_item').selectAll().where('kind', '=', kind);
  const itemOf = (row: { id: string; group_id: string; body: object; created_at: number }): VodItem => ({
    id: row.id,
    groupId: row.group_id,
    body: row.body as VodBody,
    createdAt: new Date(row.created_at),
  });
  return {
    insert: ({ id, groupId, body }, most) =>
      tables.transaction().execute(async (transaction) => {
        if (kind !== 'group') await makeRoom(transaction, { kind, groupId, most });
        const row = await transaction
          .insertInto('vod_item')
          .values({ kind, id, group_id: groupId, body: exactJsonText(body), created_at: Date.now() })
          .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) throw new Failure('conflict', `There is ${names[kind]} "${id}" already.`);
        return itemOf(row);
      }),
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && itemOf(row);
    },
    async list({ limit, after, groupId }) {
      let query = rows();
      if (after !== undefined) query = query.where(sql<boolean>`id COLLATE "C" > ${after}`);
      if (groupId !== undefined) query = query.where('group_id', '=', groupId);
      return (
        await query
          .orderBy(sql`id COLLATE "C"`)
          .limit(limit)
          .execute()
      ).map(itemOf);
    },
    count: (groupId) => countOf(tables, groupId, [kind]),
    update: (id, change) =>
      tables.transaction().execute(async (transaction) => {
        const row = await lockItem(transaction, kind, id);
        if (!row) return undefined;
        const body = change(row.body as VodBody);
        await transaction
          .updateTable('vod_item')
          .set({ body: exactJsonText(body) })
          .where('kind', '=', kind)
          .where('id', '=', id)
          .execute();
        return { ...itemOf(row), body };
      }),
    remove: (id) =>
      tables.transaction().execute(async (transaction) => {
        await lockItem(transaction, kind, id);
        if (kind === 'group' && (await countOf(transaction, id, ['configuration', 'asset'])) > 0)
          throw new Failure('conflict', `The packaging group "${id}" still has packaging configurations or assets.`);
        await transaction.deleteFrom('vod_item').where('kind', '=', kind).where('id', '=', id).execute();
      }),
  };
}

type VodKind = Tables['vod_item']['kind'];

const names: Readonly<Record<VodKind, string>> = {
  group: 'a packaging group',
  configuration: 'a packaging configuration',
  asset: 'an asset',
};

/** Until the transaction ends nobody else changes or removes it. */
function lockItem(transaction: Kysely<Tables>, kind: VodKind, id: string) {
  const rows = transaction.selectFrom('vod_item').selectAll().where('kind', '=', kind).where('id', '=', id);
  return rows.forUpdate().executeTakeFirst();
}

/** Those of the configurations that there are, unless the asset is gone; until the transaction ends nobody removes them. */
async function presentOf(
  transaction: Kysely<Tables>,
  assetId: string,
  configurationIds: readonly string[],
): Promise<string[]> {
  const items = (kind: VodKind, ids: readonly string[]) =>
    transaction
      .selectFrom('vod_item')
      .select('id')
      .where('kind', '=', kind)
      .where('id', 'in', ids)
      .forShare()
      .execute();
  if (configurationIds.length === 0 || (await items('asset', [assetId])).length === 0) return [];
  return (await items('configuration', configurationIds)).map(({ id }) => id);
}

async function makeRoom(
  transaction: Kysely<Tables>,
  { kind, groupId, most }: { kind: VodKind; groupId: string; most: number | undefined },
): Promise<void> {
  if (!(await lockItem(transaction, 'group', groupId)))
    throw new Failure('not_found', `There is no packaging group "${groupId}".`);
  if (most === undefined || (await countOf(transaction, groupId, [kind])) < most) return;
  throw new Failure('conflict', `The packaging group "${groupId}" has ${most} of them, which is the most it may have.`);
}

async function countOf(tables: Kysely<Tables>, groupId: string, kinds: readonly VodKind[]): Promise<number> {
  const row = await tables
    .selectFrom('vod_item')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('kind', 'in', kinds)
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
