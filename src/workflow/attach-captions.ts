import { z } from 'zod';
import { recordingFileKey, recordingFileSchema, recordingSchema } from '../domain/recording.js';
import { recordingFileObject } from '../domain/recording-key.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import type { EventPublisher } from '../publish/opencast/event-publisher.js';
import type { EventLedger } from '../status/event-ledger.js';
import { defineWorkflow, type StepOptions, type WorkflowDefinition } from './definition.js';
import type { FetchFileInput } from './fetch-recording-file.js';
import { patient } from './patience.js';

const inputSchema = z.object({
  mediaPackageId: z.string(),
  recording: recordingSchema,
  file: recordingFileSchema,
  /** takes the place of the captions that the event has */
  overwrites: z.boolean(),
});

export type CaptionsInput = z.infer<typeof inputSchema>;

export interface CaptionsServices {
  readonly fetchFile: WorkflowDefinition<FetchFileInput, StoredRecordingFile>;
  readonly publisher: Pick<EventPublisher, 'attachCaptions' | 'publishCaptions' | 'latestWorkflow'>;
  readonly ledger: Pick<EventLedger, 'find' | 'attached'>;
  readonly patience?: StepOptions;
}

/** A transcript that came when the event was made already. Its job id is `captions:<media package>:<file>`. */
export function attachCaptions({ fetchFile, publisher, ledger, patience = patient }: CaptionsServices) {
  return defineWorkflow<CaptionsInput, null>({
    name: 'attach-captions',
    queue: 'recordings',
    input: inputSchema,
    title: ({ recording, mediaPackageId }) => `transcript of recording ${recording.uuid} for event ${mediaPackageId}`,

    async run({ mediaPackageId, recording, file, overwrites }, job) {
      const { uuid, hostId, startTime } = recording;
      const name = recordingFileKey(file);
      const child = await job.startChild(fetchFile, `${job.id}:file`, {
        recording: { uuid, hostId, startTime },
        file,
        key: recordingFileObject(recording, file),
      });
      const [fetched] = await job.settleChildren([child]);
      if (fetched?.status !== 'done') throw fetched?.failure ?? new Error('no outcome');
      // 409 while a workflow runs on the event: that is waited for.
      await job.step(
        'attach',
        async (step) => {
          if ((await ledger.find(mediaPackageId))?.attached.includes(name)) return;
          await publisher.attachCaptions(mediaPackageId, { stored: fetched.result, overwrites }, step);
          await ledger.attached(mediaPackageId, name);
        },
        patience,
      );
      const after = await job.step(
        'look at the workflows of the event',
        async ({ signal }) => (await publisher.latestWorkflow(mediaPackageId, signal))?.id,
        patience,
      );
      await job.step('publish', (step) => publisher.publishCaptions(mediaPackageId, after, step), patience);
      return null;
    },
  });
}
