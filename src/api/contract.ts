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
