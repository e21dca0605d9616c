import { z } from 'zod';
import { recordingFileSchema } from './recording.js';

/** A file of a recording that lies whole and checked in our storage. */
export const storedRecordingFileSchema = z.object({
  file: recordingFileSchema,
  /** of the object in the storage */
  key: z.string(),
  /** bytes */
  size: z.number().nonnegative(),
  digest: z.templateLiteral(['sha256:', z.string()]),
  /** of media; absent where there is no duration */
  durationMs: z.number().nonnegative().optional(),
});

export type StoredRecordingFile = z.infer<typeof storedRecordingFileSchema>;
