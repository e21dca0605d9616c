import { z } from 'zod';
import { identifierSchema, jobIdOfAsset } from '../../domain/asset.js';
import { Failure } from '../../domain/failure.js';
import { parsePackagingGroup, type PackagingGroup } from '../../domain/packaging-configuration.js';
import { shownSource } from '../../domain/shown-source.js';
import type { AssetCatalog, AssetPosition, CatalogAsset } from '../../status/asset-catalog.js';
import { assetListSchema, assetSchema, problemSchema, submittedSchema } from '../contract.js';
import type { SubmitChoice } from '../../workflow/submit-asset.js';
import { urgencies } from '../../workflow/urgency.js';
import type { ApiServer } from '../http-types.js';

export interface Assets {
  /** As workflow/submit-asset does it. */
  readonly submit: (
    request: unknown,
    group: PackagingGroup | undefined,
    choice?: SubmitChoice,
  ) => Promise<{ id: string; created: boolean }>;
  readonly catalog: AssetCatalog;
  readonly playbackUrl: (capability: string, manifest: string) => string;
}

const security = [{ token: [] }];
const tags = ['assets'];
const params = z.object({ id: identifierSchema });
const choice = z.object({
  urgency: z.enum(urgencies).optional().describe('Before which other waiting work it comes; default on-demand'),
  whenDone: z
    .enum(['again', 'leave'])
    .optional()
    .describe('What is done already is verified and repaired (again, the default), or left as it is'),
});
const page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional(),
});

/** Assets of packaging groups: asked for, and what of them is playable. How work on one is going, its job tells. */
export function assetRoutes(app: ApiServer, { assets }: { assets: Assets }): void {
  app.post(
    '/api/assets',
    {
      schema: {
        summary: 'Make an asset: package its source for every configuration of its packaging group',
        description:
          'Takes the createAssetRequest of packaged-vod-downloader as it is, or { id, packagingGroupId, source, destination }. ' +
          'With `packagingGroup` beside it, the configurations in it are used in place of the stored group. A repeated request joins the work, or verifies and repairs what is there.',
        tags,
        security,
        querystring: choice,
        body: z.unknown(),
        response: {
          202: submittedSchema,
          400: problemSchema,
          404: problemSchema,
          409: problemSchema,
          422: problemSchema,
        },
      },
    },
    async ({ body, query }, reply) => {
      const { request, group } = withGroup(body);
      const { id, created } = await assets.submit(request, group, query);
      return reply
        .code(202)
        .header('location', `/api/jobs/${encodeURIComponent(id)}`)
        .send({ job: id, created });
    },
  );

  app.get(
    '/api/assets',
    {
      schema: {
        summary: 'Assets that have something to play, newest first',
        tags,
        security,
        querystring: page,
        response: { 200: assetListSchema, 400: problemSchema },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const before = cursor === undefined ? undefined : readCursor(cursor);
      const found = await assets.catalog.listAssets({ limit: limit + 1, ...(before && { before }) });
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return { assets: shown.map((asset) => assetView(asset, assets)), next: last ? cursorOf(last) : null };
    },
  );

  app.get(
    '/api/assets/:id',
    {
      schema: {
        summary: 'An asset and its endpoints',
        tags,
        security,
        params,
        response: { 200: assetSchema, 404: problemSchema },
      },
    },
    async ({ params: { id } }) => {
      const found = await assets.catalog.findAsset(id);
      if (found) return assetView(found, assets);
      throw new Failure(
        'not_found',
        `There is no asset "${id}" with a finished endpoint; its job, if any, is ${jobIdOfAsset(id)}.`,
      );
    },
  );
}

/** Takes `packagingGroup` out of the body; the rest is the request. */
function withGroup(body: unknown): { request: unknown; group: PackagingGroup | undefined } {
  if (typeof body !== 'object' || body === null || !('packagingGroup' in body))
    return { request: body, group: undefined };
  const { packagingGroup, ...request } = body;
  return { request, group: parsePackagingGroup(packagingGroup) };
}

function assetView(
  { request, createdAt, endpoints }: CatalogAsset,
  { playbackUrl }: Assets,
): z.input<typeof assetSchema> {
  return {
    id: request.id,
    packagingGroupId: request.packagingGroupId,
    source: shownSource(request.source),
    job: jobIdOfAsset(request.id),
    createdAt: createdAt.toISOString(),
    endpoints: endpoints.map((endpoint) => ({
      configurationId: endpoint.configurationId,
      playbackUrls: endpoint.manifests.map((key) =>
        playbackUrl(endpoint.capability, key.slice(endpoint.prefix.length + 1)),
      ),
      keys: [...endpoint.manifests],
      objects: endpoint.objects,
      bytes: endpoint.bytes,
      durationMs: endpoint.durationMs,
      publishedAt: endpoint.publishedAt.toISOString(),
    })),
  };
}

function cursorOf({ request, createdAt }: CatalogAsset): string {
  return Buffer.from(`${createdAt.getTime()} ${request.id}`).toString('base64url');
}

function readCursor(cursor: string): AssetPosition {
  const [, time, id] = /^(\d{1,16}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined)
    throw new Failure('invalid_request', 'The cursor is not one that a list of assets gave.', {
      details: { given: cursor },
    });
  return { createdAt: new Date(Number(time)), id };
}
