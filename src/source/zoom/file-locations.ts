import { Failure } from '../../domain/failure.js';
import { recordingFileKey } from '../../domain/recording.js';
import type { FileLocation } from '../../transfer/download-response.js';
import type { AccessTokens } from './access-token.js';
import type { FoundRecording, RecordingHint, ZoomClient } from './zoom-client.js';

/** Where a recording's files are and what opens them, no older than asked for. */
export interface FileLocations {
  /**
   * @param key names the file among those of its recording
   * @param fresh the location that was given before did not open it
   * @throws Failure source_not_found when Zoom's list has no such file; those of the ZoomClient
   */
  locate(
    of: LocatedRecording,
    key: string,
    options: { fresh: boolean; signal?: AbortSignal | undefined },
  ): Promise<FileLocation>;
}

export interface LocatedRecording extends RecordingHint {
  readonly uuid: string;
}

/** milliseconds that an answer serves for all files of a recording: one question in place of one for each file */
const servesFor = 60_000;
/** Recordings remembered. */
const mostRemembered = 200;

export function fileLocations({
  client,
  tokens,
}: {
  readonly client: Pick<ZoomClient, 'recording'>;
  /** Opens files of which Zoom gives no token of their own; absent behind a gateway. */
  readonly tokens: AccessTokens | undefined;
}): FileLocations {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<FoundRecording> }>();

  function ask(
    { uuid, hostId, startTime }: LocatedRecording,
    signal: AbortSignal | undefined,
  ): Promise<FoundRecording> {
    const answer = client.recording(uuid, { hint: { hostId, startTime }, signal });
    const entry = { at: Date.now(), answer };
    known.delete(uuid);
    known.set(uuid, entry);
    for (const [oldest, { at }] of known) {
      if (known.size <= mostRemembered && Date.now() - at < servesFor) break;
      known.delete(oldest);
    }
    answer.catch(() => known.get(uuid) === entry && known.delete(uuid));
    return answer;
  }

  return {
    async locate(of, key, { fresh, signal }) {
      const before = fresh ? undefined : known.get(of.uuid);
      const recent = before && Date.now() - before.at < servesFor;
      // Without the signal: others wait for the same answer.
      const find = ({ recording }: FoundRecording) => recording.files.find((each) => recordingFileKey(each) === key);
      let found = await (recent ? before.answer : ask(of, undefined));
      // Zoom may have added the file since.
      if (recent && !find(found)) found = await ask(of, undefined);
      signal?.throwIfAborted();
      const file = find(found);
      if (file?.downloadUrl === undefined)
        throw new Failure(
          'source_not_found',
          `Zoom's list of the recording ${of.uuid} has no file ${key} to download.`,
        );
      const bearer = found.downloadToken ?? (await tokens?.get());
      return { url: file.downloadUrl, bearer, size: file.fileSize };
    },
  };
}
