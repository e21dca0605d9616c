import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError, toServiceError } from '../mediapackage-vod/service-error.js';
import { checkSignature, type AwsKey } from '../mediapackage-vod/signature.js';
import { toWire } from '../mediapackage-vod/wire.js';
import { vodAssets, type VodAssetServices } from '../mediapackage-vod/assets.js';
import { vodConfigurations, vodGroups } from '../mediapackage-vod/groups.js';
import { vodTags } from '../mediapackage-vod/tags.js';
import type { Run } from '../mediapackage-vod/operation.js';
import type { ApiServer } from '../http-types.js';

export interface MediaPackageVodServices extends VodAssetServices {
  /** REELWAY_AWS_KEYS: who may ask; nobody when there are none. */
  readonly keys: readonly AwsKey[];
}

type Operations = Readonly<Record<string, Run>>;

/** Below which path it lies. */
export const mediaPackageVodPrefix = '/mediapackage-vod';

/** Answers whatever was thrown as the service does: clients go by the name of the error in a header. */
export function answerServiceError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = toServiceError(error);
  if (answer.status >= 500) request.log.error({ err: answer.cause ?? answer }, answer.message);
  return reply.code(answer.status).header('x-amzn-errortype', answer.name).send({ message: answer.message });
}

/**
 * MediaPackage VOD's REST API (API version 2018-11-07) over our own packager and storage: AWS SDKs and the AWS CLI work with it when their
 * endpoint is `<this server>/mediapackage-vod`. Requests are signed by Signature Version 4 with a key of REELWAY_AWS_KEYS.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- fastify tells plugins without a callback by their promise
export async function mediaPackageVodRoutes(app: ApiServer, services: MediaPackageVodServices): Promise<void> {
  // The signature covers the body as it was sent.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-amzn-requestid', request.id);
    done();
  });
  app.setErrorHandler(answerServiceError);
  app.setNotFoundHandler((request) => {
    verify(request, services.keys);
    throw new ServiceError('NotFoundException', `There is no operation ${request.method} ${pathOf(request)}.`);
  });
  // eslint-disable-next-line @typescript-eslint/require-await -- fastify tells hooks without a callback by their promise
  app.addHook('preHandler', async (request) => verify(request, services.keys));

  const operations = allOperations(services);
  for (const [name, run] of Object.entries(operations)) {
    const [method = '', path = ''] = name.split(' ');
    app.route<{ Params: { id?: string; '*'?: string } }>({
      method,
      url: path,
      schema: { hide: true },
      async handler(request, reply) {
        const id = request.params.id ?? request.params['*'] ?? '';
        const query = new URLSearchParams(request.url.split('?').slice(1).join('?'));
        const answer = await run({ body: bodyOf(request), id, query });
        if (answer === undefined) return reply.code(204).send();
        return reply.code(method === 'DELETE' ? 202 : 200).send(toWire(answer));
      },
    });
  }
}

/** By method and path, as the service's model has them. */
function allOperations(services: MediaPackageVodServices): Operations {
  const groups = vodGroups(services);
  const configurations = vodConfigurations(services);
  const assets = vodAssets(services);
  const tags = vodTags(services.store);
  return {
    'POST /packaging_groups': groups.create,
    'GET /packaging_groups': groups.list,
    'GET /packaging_groups/:id': groups.describe,
    'PUT /packaging_groups/:id': groups.update,
    'PUT /packaging_groups/:id/configure_logs': groups.configureLogs,
    'DELETE /packaging_groups/:id': groups.remove,
    'POST /packaging_configurations': configurations.create,
    'GET /packaging_configurations': configurations.list,
    'GET /packaging_configurations/:id': configurations.describe,
    'DELETE /packaging_configurations/:id': configurations.remove,
    'POST /assets': assets.create,
    'GET /assets': assets.list,
    'GET /assets/:id': assets.describe,
    'DELETE /assets/:id': assets.remove,
    'GET /tags/*': tags.list,
    'POST /tags/*': tags.add,
    'DELETE /tags/*': tags.remove,
  };
}

function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

function verify(request: FastifyRequest, keys: readonly AwsKey[]): void {
  const { method, headers, raw } = request;
  checkSignature({ method, url: raw.url ?? '', headers, body: bodyOf(request) }, keys);
}
