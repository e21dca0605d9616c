import { Fingerprint } from './fingerprint.js';
import type { SourceResource } from '../model/source-reader.js';
import type { MediaTrack } from './movie-track.js';
import type { MovieReading } from './read-movie.js';

/** Places at which the bytes of frames are compared, and how many there: sizes alone tell little of coding at a constant bit rate. */
const places = 8;
const bytesThere = 16 * 1024;

/** Equal for the same audio in several files: taken over configuration, language, times and sizes of all frames, and bytes of some. */
export async function soundFingerprint(
  track: MediaTrack,
  resourceOf: (sample: number) => SourceResource,
  { reader, signal }: MovieReading,
): Promise<string> {
  const { columns, first, end, configuration, timescale, language, start } = track;
  const digest = new Fingerprint().text(
    `${configuration.codecString} ${timescale} ${start} ${language ?? ''} ${track.name ?? ''}`,
  );
  for (let sample = first; sample < end; sample += 1)
    digest.integer(columns.sizes[sample] as number).integer(columns.durations[sample] as number);
  for (let place = 0; place < places; place += 1) {
    const sample = first + Math.floor(((end - first) * (place + 0.5)) / places);
    const length = Math.min(bytesThere, columns.sizes[sample] as number);
    const range = { ...resourceOf(sample), offset: columns.positions[sample] as number, length };
    digest.bytes(await reader.read(range, signal && { signal }));
  }
  return digest.toString();
}
