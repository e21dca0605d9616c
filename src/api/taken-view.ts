import { z } from 'zod';
import { seriesReasons } from '../intake/explain-series.js';
import type { ShownRecording } from '../workflow/recording-desk.js';

export const takenSchema = z
  .array(
    z.object({
      trackingId: z.string(),
      seriesId: z.string(),
      because: z
        .enum(seriesReasons)
        .describe('Its class has it, a person asked, no class was found, or a schedule of before had it.'),
      courseCode: z.string().nullable(),
      title: z.string().nullable(),
    }),
  )
  .describe('Ingests that have a series, oldest first, and why; course and title as the schedule has them now.');

export function takenView(taken: ShownRecording['taken']): z.input<typeof takenSchema> {
  return taken.map(({ trackingId, seriesId, because, class: of }) => ({
    ...{ trackingId, seriesId, because, courseCode: of?.courseCode ?? null, title: of?.title ?? null },
  }));
}
