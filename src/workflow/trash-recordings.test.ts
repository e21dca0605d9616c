import { describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import type { Recording } from '../domain/recording.js';
import type { JobContext, StepContext } from './definition.js';
import { trashRecordings } from './trash-recordings.js';

const refused = new Failure('zoom_refused', 'Zoom answers DELETE /meetings/held/recordings with 400: under legal hold');

/** One look at recordings of which Zoom refuses to trash some. */
async function look(uuids: readonly string[], refuses: (uuid: string) => boolean) {
  const outcomes: Record<string, 'trashed' | 'kept'> = {};
  const workflow = trashRecordings({
    ledger: {
      trashable: () => Promise.resolve([...uuids]),
      lookedForTrash: (uuid, outcome) => Promise.resolve(void (outcomes[uuid] = outcome)),
      ofRecording: () => Promise.resolve([]),
    },
    zoom: {
      recording: (uuid) => Promise.resolve({ recording: { uuid, files: [] as unknown } as Recording }),
      trash: (uuid) => (refuses(uuid) ? Promise.reject(refused) : Promise.resolve()),
    },
    publisher: { isPublished: () => Promise.resolve(true), lateTranscripts: () => [] },
    afterDays: 7,
  });
  const step = {
    signal: new AbortController().signal,
    fence: () => Promise.resolve(),
    report: () => {},
  } as unknown as StepContext;
  const job = { step: (_: string, action: (step: StepContext) => unknown) => action(step) } as unknown as JobContext;
  return { report: await workflow.run({}, job), outcomes };
}

describe('putting recordings into the trash', () => {
  it('goes on behind one that Zoom refuses to trash, and says why that one stays', async () => {
    expect(await look(['held', 'free'], (uuid) => uuid === 'held')).toEqual({
      report: { trashed: 1, kept: [{ uuid: 'held', reason: refused.message }] },
      outcomes: { held: 'kept', free: 'trashed' },
    });
  });

  it('fails where Zoom refuses all of them', async () => {
    await expect(look(['a', 'b'], () => true)).rejects.toThrow(refused.message);
  });
});
