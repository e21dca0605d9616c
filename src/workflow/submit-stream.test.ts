import { describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import type { Recording } from '../domain/recording.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { RecordingStream } from '../status/recording-streams.js';
import type { JobStatus, JobSummary } from './job-view.js';
import { submitLateToStream, type SubmitStreamServices } from './submit-stream.js';

const recording = {
  uuid: 'a==',
  files: [{ id: 'late', fileType: 'MP4', recordingType: 'gallery_view', status: 'completed' }],
} as unknown as Recording;
const request = { uuid: 'a==', origin: 'webhook' } as IngestRequest;

/** What is submitted when media come late to a recording whose packaging is so far and whose job is so. */
async function submitted(stream: Partial<RecordingStream>, job: JobStatus | undefined): Promise<readonly string[]> {
  const services = {
    streams: { find: () => Promise.resolve({ request, state: undefined, listed: undefined, views: [], ...stream }) },
    inputOf: () => Promise.resolve({}),
    engine: {
      jobs: {
        find: (id: string) =>
          job
            ? Promise.resolve({ status: job, createdAt: '2026-11-01T00:00:00Z' } as JobSummary)
            : Promise.reject(new Failure('not_found', id)),
      },
      submit: (_: unknown, id: string) => Promise.resolve({ id, created: true }),
    },
  } as unknown as SubmitStreamServices;
  return submitLateToStream(services, recording);
}

describe('media that come late to a recording that is packaged', () => {
  it('wait while it is packaged without them', async () => {
    for (const status of ['queued', 'running'] as const)
      await expect(submitted({ listed: [] }, status)).rejects.toMatchObject({ code: 'recording_not_ready' });
  });

  it('are left to the next try where it failed, was cancelled or is forgotten', async () => {
    for (const status of ['cancelled', 'failed', undefined] as const)
      expect(await submitted({ listed: [] }, status)).toEqual([]);
    expect(await submitted({ listed: [], state: 'FAILED' }, 'failed')).toEqual([]);
  });

  it('have it packaged once more when it is done', async () => {
    expect(await submitted({ listed: [], state: 'SUCCEEDED' }, 'done')).toEqual(['stream:a==']);
  });
});
