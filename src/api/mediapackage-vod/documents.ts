import { z } from 'zod';
import { identifierSchema } from '../../domain/asset.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { VodItem } from '../../status/vod-store.js';
import { ServiceError } from './service-error.js';
import { fromWire, type Json } from './wire.js';

/** The documents of MediaPackage VOD's API (API version 2018-11-07), in PascalCase. */

export const maxTags = 50;

/** Tags of one thing, AWS's own limits. */
const tags = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine((given) => Object.keys(given).length <= maxTags, { error: `at most ${maxTags} are allowed` });

const authorization = z.strictObject({
  /** Where the value is: the ARN of a secret in Secrets Manager. */
  CdnIdentifierSecret: z.string().min(1).max(2048),
  SecretsRoleArn: z.string().min(1).max(2048),
});

export const groupSchema = z.strictObject({
  Id: identifierSchema,
  Authorization: authorization.optional(),
  EgressAccessLogs: z.strictObject({ LogGroupName: z.string().max(512).optional() }).optional(),
  Tags: tags.default({}),
});

export const groupUpdateSchema = z.strictObject({ Authorization: authorization.optional() });

export const logsSchema = z.strictObject({
  EgressAccessLogs: z.strictObject({ LogGroupName: z.string().max(512).optional() }).optional(),
});

export const assetSchema = z.strictObject({
  Id: identifierSchema,
  PackagingGroupId: identifierSchema,
  SourceArn: z.string().min(1).max(2048),
  SourceRoleArn: z.string().min(1).max(2048),
  ResourceId: z.string().max(2048).optional(),
  Tags: tags.default({}),
});

export const tagsSchema = z.strictObject({ Tags: tags });

/** Reads a request's body. @throws ServiceError 422 naming every problem */
export function readDocument<T>(body: Uint8Array, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(fromWire(parseJson(body)));
  if (parsed.success) return parsed.data;
  throw unprocessable(parsed.error);
}

/** @throws ServiceError 422 */
export function readConfiguration(body: Uint8Array): PackagingConfiguration & { PackagingGroupId: string } {
  const configuration = readDocument(body, packagingConfigurationSchema.safeExtend({ Tags: tags.optional() }));
  const { PackagingGroupId } = configuration;
  if (PackagingGroupId === undefined)
    throw new ServiceError('UnprocessableEntityException', 'packagingGroupId: it is needed');
  return { ...configuration, PackagingGroupId };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8') || '{}');
  } catch (error) {
    throw new ServiceError('UnprocessableEntityException', `The body is no JSON: ${(error as Error).message}`);
  }
}

function unprocessable(error: z.ZodError): ServiceError {
  const problems = error.issues.map(({ path, message }) => {
    const where = path.map((part) =>
      typeof part === 'string' ? part.charAt(0).toLowerCase() + part.slice(1) : String(part),
    );
    return `${where.join('.') || 'body'}: ${message}`;
  });
  return new ServiceError('UnprocessableEntityException', problems.join('; '));
}

const arnPrefix = 'arn:aws:mediapackage-vod:local:000000000000';

/** The name of a thing for the tags' operations. */
export function arnOf(kind: 'assets' | 'packaging-configurations' | 'packaging-groups', id: string): string {
  return `${arnPrefix}:${kind}/${id}`;
}

export function readArn(arn: string): { kind: 'assets' | 'packaging-configurations' | 'packaging-groups'; id: string } {
  const [, kind, id] = /:(assets|packaging-configurations|packaging-groups)\/([A-Za-z0-9_-]{1,256})$/.exec(arn) ?? [];
  if (!arn.startsWith(`${arnPrefix}:`) || kind === undefined || id === undefined)
    throw new ServiceError('NotFoundException', `There is nothing with the ARN ${arn.slice(0, 300)}.`);
  return { kind: kind as ReturnType<typeof readArn>['kind'], id };
}

/** What an operation answers of a thing: what was asked for, and what the service adds. */
export function documentOf(kind: Parameters<typeof arnOf>[0], { id, body, createdAt }: VodItem): Json {
  return { ...body, Arn: arnOf(kind, id), CreatedAt: createdAt.toISOString() };
}
