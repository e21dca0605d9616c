import { z } from 'zod';
import { identifierSchema, jobIdOfAsset } from '../../domain/asset.js';
import { Failure } from '../../domain/failure.js';
import type { AssetCatalog } from '../../status/asset-catalog.js';
import type { Uploads } from '../../transfer/uploads.js';
import type { Jobs } from '../../workflow/jobs.js';
import { arriving } from '../arrival.js';
import { problemSchema } from '../contract.js';
import { uploadedSchema, uploadRulesSchema } from '../contract/packaging.js';
import type { ApiServer } from '../http-types.js';

export interface UploadServices {
  readonly uploads: Uploads;
  readonly assets: { readonly catalog: Pick<AssetCatalog, 'findAsset'> };
  readonly jobs: Pick<Jobs, 'find'>;
}

/** milliseconds that a sender may be silent */
const silence = 60_000;
const security = [{ token: [] }];
const tags = ['assets'];
const query = z.object({ asset: identifierSchema.describe('The asset that is to be made of it.') });

/** `/api/uploads`: an MP4 as the body of a request, which becomes a source for `POST /api/assets`. */
export async function uploadRoutes(app: ApiServer, services: UploadServices): Promise<void> {
  const { uploads } = services;
  app.get(
    '/api/uploads',
    {
      schema: {
        summary: 'How large a file may be that is uploaded, and whether the id of the asset is free',
        ...{ tags, security, querystring: query, response: { 200: uploadRulesSchema, 400: problemSchema } },
      },
    },
    async ({ query: { asset } }) => ({ limit: uploads.limit, free: await isFree(services, asset) }),
  );

  await app.register((own: ApiServer, _, done) => {
    own.removeAllContentTypeParsers();
    // The body stays in the connection: it is read as it is stored.
    own.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    own.post(
      '/api/uploads',
      {
        config: { longBody: true },
        schema: {
          summary: 'Upload an MP4 that an asset is to be made of',
          description:
            'The body is the file itself. What it becomes is the `source` of a request to make the asset; without one it is removed after a day.',
          ...{ tags, security, querystring: query },
          response: {
            201: uploadedSchema,
            400: problemSchema,
            409: problemSchema,
            413: problemSchema,
            422: problemSchema,
          },
        },
      },
      async (request, reply) => {
        const { asset } = request.query;
        if (!(await isFree(services, asset)))
          throw new Failure('conflict', `The asset ${asset} exists already. Choose another id.`, {
            details: { asset },
          });
        const length = Number(request.headers['content-length']);
        const body = arriving(request.raw, silence);
        const size = Number.isSafeInteger(length) && length >= 0 ? length : undefined;
        const uploaded = await uploads.receive(asset, body, size).catch((error: unknown) => {
          // Nobody is there any more to be told.
          if (request.raw.destroyed && !request.raw.complete)
            throw new Failure('cancelled', 'The sender went away before the file was whole.', { cause: error });
          throw error;
        });
        return reply.code(201).send(uploaded);
      },
    );
    done();
  });
}

/** An id stands for one source: what is there, or being made, keeps it. */
async function isFree({ assets, jobs }: UploadServices, asset: string): Promise<boolean> {
  if (await assets.catalog.findAsset(asset)) return false;
  const job = await jobs.find(jobIdOfAsset(asset)).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  });
  return job === undefined || job.status === 'failed' || job.status === 'cancelled';
}
