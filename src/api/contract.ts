import { z } from 'zod';

/** The shapes of the API, shared with whoever talks to it. Times are ISO 8601 in UTC, sizes bytes, durations milliseconds. */

/** RFC 9457; what every error is. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:reelway:failure:<code>'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; the table of failures in the documentation.'),
    help: z.string().describe('What to do now.'),
    passing: z.boolean().describe('Whether waiting may cure it.'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
  })
  .meta({ id: 'Problem' });

export const checkSchema = z.object({ name: z.string(), ok: z.boolean(), message: z.string() }).meta({ id: 'Check' });

export const readinessSchema = z.object({ ready: z.boolean(), checks: z.array(checkSchema) }).meta({ id: 'Readiness' });

/** The configurations are MediaPackage VOD's PackagingConfiguration, in PascalCase. */
export const packagingGroupSchema = z
  .object({ id: z.string(), configurations: z.array(z.looseObject({ Id: z.string() })) })
  .meta({ id: 'PackagingGroup' });

export const submittedSchema = z
  .object({
    job: z.string().describe('The job to watch: /api/jobs/<job>'),
    created: z.boolean().describe('false: the same request is in work already, and was joined'),
  })
  .meta({ id: 'Submitted' });

export const assetSchema = z
  .object({
    id: z.string(),
    packagingGroupId: z.string(),
    source: z.string(),
    job: z.string(),
    createdAt: z.iso.datetime(),
    endpoints: z.array(
      z.object({
        configurationId: z.string(),
        playbackUrls: z.array(z.string()).describe('Who knows such a URL may watch.'),
        keys: z.array(z.string()).describe('Entry manifests in the storage.'),
        objects: z.int(),
        bytes: z.int(),
        durationMs: z.number(),
        publishedAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'Asset' });

export const assetListSchema = z
  .object({
    assets: z.array(assetSchema),
    next: z.string().nullable().describe('`cursor` of the next page; null: this is the last'),
  })
  .meta({ id: 'AssetList' });
