import { z } from 'zod';
import type { RecordingStream } from '../status/recording-streams.js';

export const streamSchema = z
  .object({
    job: z.string(),
    state: z.enum(['SUCCEEDED', 'FAILED']).nullable().describe('null: it is being packaged'),
    views: z.array(
      z.object({
        assetId: z.string(),
        view: z.string(),
        startsAt: z.string().nullable(),
        playbackUrls: z.array(z.string()).describe('Who knows them may watch.'),
        chaptersUrl: z.string().nullable().describe('WebVTT: a chapter for each stretch between pauses.'),
      }),
    ),
  })
  .nullable()
  .describe('What our own packager made of it; null: it was not packaged.');

/** @param job that makes it */
export function streamView(stream: RecordingStream | undefined, job: string): z.input<typeof streamSchema> {
  if (!stream) return null;
  return {
    ...{ job, state: stream.state ?? null },
    views: stream.views.map(({ assetId, view, startsAt, playbackUrls, chaptersUrl }) => ({
      ...{ assetId, view, startsAt: startsAt ?? null },
      ...{ playbackUrls: [...playbackUrls], chaptersUrl: chaptersUrl ?? null },
    })),
  };
}
