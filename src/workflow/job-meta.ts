import { z } from 'zod';
import { defaultUrgency, urgencies } from './urgency.js';

/** What the engine keeps of a job beside its input. */
export const jobMetaSchema = z
  .object({ urgency: z.enum(urgencies).catch(defaultUrgency), trace: z.string().optional() })
  .catch({ urgency: defaultUrgency });
export type JobMeta = z.infer<typeof jobMetaSchema>;

/** A workflow as the engine calls it. */
export type Run = (input: unknown, meta: JobMeta) => Promise<unknown>;
