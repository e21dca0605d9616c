import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import { jsonText } from './json-text.js';
import type { Tables } from './tables.js';

/** What was made and is playable. How work on it is going, the jobs tell. */
export interface AssetCatalog {
  /**
   * Makes an endpoint playable, under the capability that it keeps for ever.
   * @returns the capability: 32 hex digits; who knows it may watch
   * @throws Failure not_found when `reserved`, and nothing is any more
   */
  publish(endpoint: PublishedEndpoint): Promise<string>;
  findAsset(id: string): Promise<CatalogAsset | undefined>;
  /** Of those of the assets that there are, by id. */
  requestsOf(ids: readonly string[]): Promise<Map<string, AssetRequest>>;
  /** Newest first. */
  listAssets(options: { limit: number; before?: AssetPosition }): Promise<readonly CatalogAsset[]>;
  findEndpoint(capability: string): Promise<EndpointPlace | undefined>;
}

export interface PublishedEndpoint {
  readonly request: AssetRequest;
  readonly configurationId: string;
  /** Key prefix of the endpoint, without trailing slash. */
  readonly prefix: string;
  readonly made: EndpointResult;
  /** Its capability was reserved by the VOD store; without it the asset or its configuration was deleted meanwhile. */
  readonly reserved?: boolean | undefined;
}

export interface CatalogAsset {
  readonly request: AssetRequest;
  readonly createdAt: Date;
  readonly endpoints: readonly CatalogEndpoint[];
}

export interface CatalogEndpoint extends EndpointPlace {
  readonly configurationId: string;
  readonly capability: string;
  /** Keys of the entry manifests in the store. */
  readonly manifests: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly publishedAt: Date;
}

export interface EndpointPlace {
  /** absent: the storage of the settings */
  readonly bucket?: string;
  readonly prefix: string;
}

/** The place of an asset in the list. */
export interface AssetPosition {
  readonly createdAt: Date;
  readonly id: string;
}

export function assetCatalog(tables: Kysely<Tables>): AssetCatalog {
  async function endpointsOf(assetIds: readonly string[]) {
    if (assetIds.length === 0) return [];
    return tables
      .selectFrom('endpoint')
      .selectAll()
      .where('asset_id', 'in', assetIds)
      .orderBy('configuration_id')
      .execute();
  }

  async function withEndpoints(rows: readonly AssetRow[]): Promise<CatalogAsset[]> {
    const endpoints = await endpointsOf(rows.map(({ id }) => id));
    return rows.map((row) => ({
      request: row.request as AssetRequest,
      createdAt: new Date(row.created_at),
      endpoints: endpoints.filter(({ asset_id }) => asset_id === row.id).map(endpointOfRow),
    }));
  }

  return {
    publish: ({ request, configurationId, prefix, made, reserved: needed }) =>
      tables.transaction().execute(async (transaction) => {
        const now = Date.now();
        // Locked first, as a withdrawal does it: whoever comes second sees what the first did.
        const reserved = await transaction
          .selectFrom('vod_endpoint')
          .select('capability')
          .where('asset_id', '=', request.id)
          .where('configuration_id', '=', configurationId)
          .forKeyShare()
          .executeTakeFirst();
        if (needed && !reserved) throw withdrawn(request.id, configurationId);
        await transaction
          .insertInto('asset')
          .values({ id: request.id, request: jsonText(request), created_at: now })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ request: jsonText(request) }))
          .execute();
        const facts = {
          bucket: request.destination.bucket ?? null,
          prefix,
          manifests: jsonText(made.manifests),
          objects: made.objects,
          bytes: made.bytes,
          duration_ms: made.durationMs,
          published_at: now,
        };
        const { capability } = await transaction
          .insertInto('endpoint')
          .values({
            asset_id: request.id,
            configuration_id: configurationId,
            capability: reserved?.capability ?? randomBytes(16).toString('hex'),
            ...facts,
          })
          .onConflict((conflict) => conflict.columns(['asset_id', 'configuration_id']).doUpdateSet(facts))
          .returning('capability')
          .executeTakeFirstOrThrow();
        return capability;
      }),

    async findAsset(id) {
      const row = await tables.selectFrom('asset').selectAll().where('id', '=', id).executeTakeFirst();
      return row && (await withEndpoints([row]))[0];
    },

    async requestsOf(ids) {
      const rows = await tables.selectFrom('asset').select(['id', 'request']).where('id', 'in', ids).execute();
      return new Map(rows.map(({ id, request }) => [id, request as AssetRequest]));
    },

    async listAssets({ limit, before }) {
      let query = tables.selectFrom('asset').selectAll();
      if (before) {
        const at = before.createdAt.getTime();
        query = query.where((where) =>
          where.or([
            where('created_at', '<', at),
            where.and([where('created_at', '=', at), where('id', '<', before.id)]),
          ]),
        );
      }
      return withEndpoints(await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute());
    },

    async findEndpoint(capability) {
      const row = await tables
        .selectFrom('endpoint')
        .select(['bucket', 'prefix'])
        .where('capability', '=', capability)
        .executeTakeFirst();
      return row && placeOf(row);
    },
  };
}

function withdrawn(asset: string, configuration: string): Failure {
  return new Failure('not_found', `The asset ${asset} or its configuration ${configuration} was deleted meanwhile.`, {
    details: { asset, configuration },
  });
}

interface AssetRow {
  readonly id: string;
  readonly request: object;
  readonly created_at: number;
}

interface EndpointRow {
  readonly configuration_id: string;
  readonly capability: string;
  readonly bucket: string | null;
  readonly prefix: string;
  readonly manifests: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  readonly duration_ms: number;
  readonly published_at: number;
}

function endpointOfRow(row: EndpointRow): CatalogEndpoint {
  return {
    ...placeOf(row),
    configurationId: row.configuration_id,
    capability: row.capability,
    manifests: row.manifests,
    objects: row.objects,
    bytes: row.bytes,
    durationMs: row.duration_ms,
    publishedAt: new Date(row.published_at),
  };
}

function placeOf({ bucket, prefix }: { bucket: string | null; prefix: string }): EndpointPlace {
  return { ...(bucket !== null && { bucket }), prefix };
}
