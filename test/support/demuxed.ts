import { fileSource } from '../../src/transfer/file-source.js';
import type { AssetIndex, IndexedPeriod } from '../../src/packager/model/asset-index.js';
import type { SourceReader } from '../../src/packager/model/source-reader.js';
import type { Track } from '../../src/packager/model/track.js';
import { demuxSegment } from '../../src/packager/mpegts/demuxer.js';
import { indexSource, type IndexOptions } from '../../src/packager/segmenter/asset-index.js';

/** All samples of one track of a period. */
export interface DemuxedTrack {
  readonly track: Track;
  readonly samples: readonly DemuxedSample[];
  /** Ends of the segments, in ticks of the track. */
  readonly ends: readonly number[];
}

export interface DemuxedSample {
  readonly data: Uint8Array;
  readonly decode: number;
  readonly presentation: number;
  readonly sync: boolean;
}

/** Indexes a source of files and takes all of its segments apart. */
export async function demuxFile(
  entry: string,
  options?: IndexOptions,
): Promise<{ index: AssetIndex; renditions: DemuxedTrack[][] }> {
  return demuxSource(fileSource(entry), entry, options);
}

/** The first period of every rendition. */
export async function demuxSource(
  reader: SourceReader,
  entry: string,
  options?: IndexOptions,
): Promise<{ index: AssetIndex; renditions: DemuxedTrack[][] }> {
  const index = await indexSource(reader, entry, options);
  const renditions = [];
  for (const { periods } of index.renditions) renditions.push(await demuxPeriod(reader, periods[0]!));
  return { index, renditions };
}

export async function demuxPeriod(reader: SourceReader, period: IndexedPeriod): Promise<DemuxedTrack[]> {
  const { origin, tracks } = period;
  const samples = tracks.map((): DemuxedSample[] => []);
  for (const segment of period.segments) {
    // Nothing but what a worker thread gets.
    const place = structuredClone({ period: { origin, tracks }, segment });
    const bytes = new Uint8Array(await reader.read(segment.source));
    const tail = segment.tail && new Uint8Array(await reader.read(segment.tail));
    for (const [track, columns] of demuxSegment(bytes, place, tail).entries()) {
      const joined = Buffer.concat(columns.data);
      let at = 0;
      for (const [index, size] of columns.sizes.entries()) {
        const decode = columns.decodeTimes[index]!;
        const presentation = decode + columns.compositionOffsets[index]!;
        samples[track]!.push({
          data: joined.subarray(at, at + size),
          decode,
          presentation,
          sync: columns.sync[index]!,
        });
        at += size;
      }
      if (at !== joined.length) throw new Error(`sizes add up to ${at}, data to ${joined.length}`);
    }
  }
  return tracks.map((track, index) => ({
    track,
    samples: samples[index]!,
    ends: period.segments.map((segment) => segment.tracks[index]!.end),
  }));
}
