import type {
  AssetIndex,
  IndexedRendition,
  IndexedSegment,
  SourceMedia,
  SourceVariant,
  StreamSegment,
} from '../../src/packager/model/asset-index.js';
import type { AudioTrack, AvcConfiguration, Track, VideoTrack } from '../../src/packager/model/track.js';

/** An asset index as `indexSource` would make it, for plans and manifests that need no media. */
export function syntheticIndex(...renditions: readonly Omit<IndexedRendition, 'id'>[]): AssetIndex {
  return { notes: [], renditions: renditions.map((rendition, index) => ({ id: `r${index + 1}`, ...rendition })) };
}

export function videoTrack(change: Partial<AvcConfiguration> = {}): VideoTrack {
  return {
    kind: 'video',
    pid: 256,
    timescale: 90_000,
    decodeShift: 0,
    configuration: {
      codec: 'avc',
      codecString: 'avc1.64001f',
      parameterSetsInBand: false,
      sps: [Uint8Array.of(0x67, 0x64, 0x00, 0x1f, 0xac)],
      pps: [Uint8Array.of(0x68, 0xeb)],
      width: 1280,
      height: 720,
      sampleAspectRatio: [1, 1],
      frameRate: [25, 1],
      chromaFormat: 1,
      bitDepthLuma: 8,
      bitDepthChroma: 8,
      ...change,
    },
  };
}

export function audioTrack(fingerprint: string, change: Partial<AudioTrack> = {}): AudioTrack {
  return {
    kind: 'audio',
    pid: 257,
    timescale: 48_000,
    jitter: 2,
    fingerprint,
    configuration: {
      codec: 'aac',
      codecString: 'mp4a.40.2',
      audioSpecificConfig: Uint8Array.of(0x11, 0x90),
      sampleRate: 48_000,
      channels: 2,
      frameLength: 1024,
    },
    ...change,
  };
}

export function dolbyTrack(fingerprint: string): AudioTrack {
  const dolby = { codec: 'ac3', codecString: 'ac-3', specificBox: Uint8Array.of(0x50, 0x11, 0x40) } as const;
  const format = { codingMode: 2, lfe: false, channels: 2, sampleRate: 48_000, frameLength: 1536 };
  return audioTrack(fingerprint, { configuration: { ...dolby, ...format } });
}

export interface SyntheticRendition {
  readonly uri: string;
  readonly tracks: readonly Track[];
  /** For each period, where its segments begin and the last one ends, seconds. */
  readonly cuts: readonly (readonly number[])[];
  readonly variant?: SourceVariant;
  readonly media?: SourceMedia;
  /** To be merged into the n-th segment of the rendition, from 0. */
  readonly segments?: Readonly<Record<number, Partial<StreamSegment>>>;
}

/** Video begins and ends at the cuts; audio at the next whole frame. */
export function rendition({ uri, tracks, cuts, variant, media, segments = {} }: SyntheticRendition) {
  let count = 0;
  const periods = cuts.map((times) => ({
    origin: 0,
    tracks,
    segments: times.slice(1).map((_, index): IndexedSegment => {
      const change = segments[count];
      count += 1;
      return {
        source: { uri: `${uri}/${count}.ts` },
        tracks: tracks.map((track) => ({
          start: ticks(track, times[index]!),
          end: ticks(track, times[index + 1]!),
          sap: 1,
          skip: 0,
          carry: 0,
        })),
        ...change,
      };
    }),
  }));
  return { uri, periods, ...(variant && { variant }), ...(media && { media }) };
}

function ticks(track: Track, seconds: number): number {
  return track.kind === 'video' ? Math.round(seconds * 90_000) : Math.ceil((seconds * track.timescale) / 1024) * 1024;
}

/** 0, each, 2 * each, ... */
export function regularCuts(count: number, each: number): number[] {
  return Array.from({ length: count + 1 }, (_, index) => index * each);
}
