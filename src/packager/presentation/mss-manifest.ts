import {
  type ClientManifest,
  clientTimescale,
  type QualityLevel,
  type StreamIndex,
} from '../../manifest/mss/client-manifest.js';
import { writeClientManifest } from '../../manifest/mss/write-client-manifest.js';
import { PackagerError } from '../errors.js';
import type { CodecConfiguration } from '../model/track.js';
import { manifestTracks } from './manifest-names.js';
import type { ManifestFile, MssManifest } from './planned-manifest.js';
import type { PlannedText, PlannedTrack, PlannedTrackPeriod, Presentation } from './presentation.js';

/** The client manifest: one stream for all video, one for each audio track. */
export function mssManifest(manifest: MssManifest, presentation: Presentation): ManifestFile {
  const byId = new Map(presentation.tracks.map((track) => [track.id, track]));
  const tracks = manifestTracks(manifest).flatMap((id) => byId.get(id) ?? []);
  const names = [...new Set(tracks.map(streamName))];
  const client: ClientManifest = {
    duration: Math.ceil((presentation.periods[0]?.duration ?? 0) * clientTimescale),
    streams: [
      ...names.map((name) =>
        streamIndex(
          name,
          tracks.filter((track) => streamName(track) === name),
        ),
      ),
      ...presentation.texts.flatMap((text) => (manifest.texts.includes(text.id) ? [textStream(text)] : [])),
    ],
  };
  return {
    name: manifest.name,
    contentType: 'application/vnd.ms-sstr+xml',
    text: writeClientManifest(client),
    entry: true,
  };
}

/** Text in documents of TTML, whose times count from the start of their fragment. */
function textStream({ id, media: { language }, periods: [period], qualityLevel }: PlannedText): StreamIndex {
  if (!period || !qualityLevel) throw new Error(`${id} has no quality level`);
  return {
    type: 'text',
    subtype: 'SUBT',
    name: qualityLevel.stream,
    timescale: period.track.timescale,
    ...(language !== undefined && { language }),
    qualityLevels: [{ bitrate: qualityLevel.bitrate, fourCC: 'DFXP', codecPrivateData: '' }],
    chunks: period.segments.map(({ start, end }) => ({ start, duration: end - start })),
  };
}

function streamName({ id, qualityLevel }: PlannedTrack): string {
  if (!qualityLevel) throw new Error(`${id} has no quality level`);
  return qualityLevel.stream;
}

function streamIndex(name: string, tracks: readonly PlannedTrack[]): StreamIndex {
  const [first] = tracks;
  const period = first?.periods[0];
  if (!first || !period) throw new Error(`the stream ${name} has no track`);
  for (const track of tracks) refuseOtherTimes(track, period);
  return {
    type: first.kind,
    name,
    timescale: period.track.timescale,
    ...(first.language !== undefined && { language: first.language }),
    qualityLevels: tracks.map(qualityLevel),
    chunks: period.segments.map(({ start, end }) => ({ start, duration: end - start })),
  };
}

/** The addresses of fragments name one start time for all quality levels. */
function refuseOtherTimes({ id, periods: [period] }: PlannedTrack, of: PlannedTrackPeriod): void {
  const times = ({ segments, track }: PlannedTrackPeriod) =>
    [track.timescale, ...segments.map(({ start }) => start)].join();
  if (period && times(period) === times(of)) return;
  throw new PackagerError(
    'configuration_unsupported',
    `Smooth Streaming needs segments that begin at exactly the same times in all video renditions; ${id} differs`,
    { field: 'MssPackage' },
  );
}

function qualityLevel({ id, periods: [period], qualityLevel: level }: PlannedTrack): QualityLevel {
  if (!period || !level) throw new Error(`${id} has no quality level`);
  return { bitrate: level.bitrate, ...describe(period.track.configuration) };
}

const startCode = Uint8Array.of(0, 0, 0, 1);

/** [MS-SSTR] §2.2.2.5: parameter sets with start codes; the AudioSpecificConfig. */
function describe(configuration: CodecConfiguration): Omit<QualityLevel, 'bitrate'> {
  switch (configuration.codec) {
    case 'avc':
      return {
        fourCC: 'H264',
        maxWidth: configuration.width,
        maxHeight: configuration.height,
        codecPrivateData: hexadecimal([...configuration.sps, ...configuration.pps].flatMap((set) => [startCode, set])),
      };
    case 'aac':
      return {
        fourCC: configuration.codecString === 'mp4a.40.2' ? 'AACL' : 'AACH',
        samplingRate: configuration.sampleRate,
        channels: configuration.channels,
        codecPrivateData: hexadecimal([configuration.audioSpecificConfig]),
      };
    case 'hevc':
    case 'av1':
    case 'vp9':
    case 'opus':
    case 'flac':
    case 'ac3':
    case 'eac3':
    case 'mpeg':
      throw new Error(`a plan of Smooth Streaming has no ${configuration.codecString}`);
  }
}

function hexadecimal(parts: readonly Uint8Array[]): string {
  return parts
    .flatMap((part) => [...part])
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}
