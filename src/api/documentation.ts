import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { neededRole } from './authenticate.js';
import type { ApiServer } from './http-types.js';

/** The page loads nothing but what this server serves; its viewer sets styles inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "connect-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Says with each route that needs a token of which role it has to be. */
const withRole: typeof jsonSchemaTransform = (given) => {
  const { schema, url } = jsonSchemaTransform(given);
  if (schema?.security === undefined) return { schema, url };
  return { schema: { ...schema, 'x-role': neededRole(String(given.route.method), given.route.config) }, url };
};

/** `/api/openapi.json`, and the same to browse and to try at `/api/docs`. They describe, and hold no data: no token is needed. */
export async function documentation(app: ApiServer, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Reelway',
        version,
        description:
          'Takes recorded video from where it is made to where it is watched. Every error is a Problem (RFC 9457).',
      },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of REELWAY_API_TOKENS.' } },
      },
    },
    transform: withRole,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: contentSecurityPolicy,
    logLevel: 'warn',
    theme: { title: 'Reelway API' },
    // Without this the viewer asks validator.swagger.io about the document.
    uiConfig: { url: '/api/openapi.json', validatorUrl: null },
  });
  app.get('/api/openapi.json', { logLevel: 'warn', schema: { hide: true } }, () => app.swagger());
}
