import { z } from 'zod';

/** The shapes of the log of jobs; part of `api/contract`. */

export const jobLogSchema = z
  .object({
    jobs: z.array(z.string()).describe('Whose lines they are.'),
    lines: z.array(
      z.object({
        job: z.string(),
        line: z
          .looseObject({ time: z.number(), level: z.number() })
          .describe('As it stands in the log, without secrets.'),
      }),
    ),
    next: z.int().describe('`after` of the next page'),
    ended: z.boolean().describe('These are all, and no job of them is under way.'),
  })
  .meta({ id: 'JobLog' });
export type JobLogAnswer = z.infer<typeof jobLogSchema>;

export const debugModeSchema = z
  .object({
    until: z.iso.datetime().nullable().describe('Until then everything is logged; null: what LOG_LEVEL says.'),
  })
  .meta({ id: 'DebugMode' });
export type DebugModeState = z.infer<typeof debugModeSchema>;
