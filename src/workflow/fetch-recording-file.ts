import { z } from 'zod';
import { recordingFileSchema, utcTimeSchema } from '../domain/recording.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import type { FetchRecordingFile } from '../transfer/recording-files.js';
import { defineWorkflow, type StepOptions } from './definition.js';
import { patient } from './patience.js';

const inputSchema = z.object({
  recording: z.object({ uuid: z.string(), hostId: z.string(), startTime: utcTimeSchema }),
  file: recordingFileSchema,
  key: z.string(),
});

export type FetchFileInput = z.infer<typeof inputSchema>;

/** One file of a recording into our storage, whole and checked. Its job id is `<the recording's>:file:<file>`. */
export function fetchRecordingFile(fetchFile: FetchRecordingFile, patience: StepOptions = patient) {
  return defineWorkflow<FetchFileInput, StoredRecordingFile>({
    name: 'fetch-recording-file',
    queue: 'downloads',
    input: inputSchema,
    title: ({ file, recording }) => `file ${file.recordingType ?? file.fileType} of recording ${recording.uuid}`,

    run: ({ recording, file, key }, job) =>
      job.step(
        'fetch',
        ({ signal, report }) =>
          fetchFile({
            recording,
            file,
            key,
            signal,
            report: (done) => report({ done, total: file.fileSize ?? done, unit: 'bytes', bytesRead: done }),
          }),
        patience,
      ),
  });
}
