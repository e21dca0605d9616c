import { sameBytes } from '../bits/same-bytes.js';
import { PackagerError } from '../errors.js';
import { bytesOf, findBox, readBoxes } from '../isobmff/box-reader.js';
import type { FragmentedTrack } from '../isobmff/fragments.js';
import type { Movie } from '../isobmff/movie.js';
import type { SourceRange, SourceReader } from '../model/source-reader.js';
import { sniffContent } from '../mpegts/sniff.js';
import { invalid, within } from './box-window.js';
import type { IndexLimits } from './limits.js';
import { openMovie } from './read-movie.js';

export interface MapReading {
  readonly reader: SourceReader;
  readonly limits: IndexLimits;
  readonly signal?: AbortSignal | undefined;
}

/** A Media Initialization Section, RFC 8216bis §4.4.4.5: what the movie box says, and no samples yet. */
export interface ReadMap {
  readonly movie: Movie;
  readonly tracks: Map<number, FragmentedTrack>;
}

/** @throws PackagerError naming what was found instead; errors of the reader */
export async function readMap(map: SourceRange, { reader, limits, signal }: MapReading): Promise<ReadMap> {
  const { uri, offset = 0 } = map;
  const bytes = await reader.read(map, { limit: limits.maximumMovieBytes, ...(signal && { signal }) });
  const content = sniffContent(bytes);
  if (content !== 'MP4')
    throw invalid(
      uri,
      offset,
      `EXT-X-MAP: not the beginning of an MP4: ${content === 'unknown' ? 'something else' : content} was found`,
    );
  return within(uri, offset, () => {
    const moov = findBox(readBoxes(bytes), 'moov');
    if (!moov) throw new PackagerError('source_invalid', 'EXT-X-MAP: it has no movie box (moov)');
    const read = openMovie(moov, limits.maximumSamples);
    for (const [id, { columns }] of read.tracks)
      if (columns.count > 0)
        throw new PackagerError(
          'source_unsupported',
          `EXT-X-MAP: track ${id} has samples of its own; they must be in the segments`,
        );
    return read;
  });
}

/** Do segments of one go on in the other: the same tracks, coded alike, on the same clock? */
export function goesOn({ movie }: ReadMap, { movie: other }: ReadMap): boolean {
  return (
    movie.tracks.length === other.tracks.length &&
    movie.tracks.every((track, index) => {
      const its = other.tracks[index];
      return (
        its?.id === track.id &&
        its.handler === track.handler &&
        its.timescale === track.timescale &&
        its.edit.delay === track.edit.delay &&
        its.edit.mediaTime === track.edit.mediaTime &&
        its.entries.length === track.entries.length &&
        track.entries.every((entry, at) => {
          const same = its.entries[at];
          return same?.type === entry.type && sameBytes(bytesOf(entry), bytesOf(same));
        })
      );
    })
  );
}
