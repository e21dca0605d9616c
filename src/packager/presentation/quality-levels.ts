import { PackagerError } from '../errors.js';
import type { AssetIndex } from '../model/asset-index.js';
import { type CodecConfiguration, isVideo } from '../model/track.js';
import type { PlannedStream } from './planned-streams.js';

/** What stands in the addresses of a track's fragments. */
export interface PlannedQualityLevel {
  /** Folder of the client manifest, `index.ism`. */
  readonly folder: string;
  /** StreamIndex@Name */
  readonly stream: string;
  /** QualityLevel@Bitrate, bits per second */
  readonly bitrate: number;
}

/** bits per second of one channel where nothing tells: addresses need a figure before any byte is measured. */
const audioBitRate = 64_000;
/** bits per pixel of video, likewise */
const videoBitsPerPixel = 0.1;

/**
 * Quality levels of streams by id. Addresses of fragments hold bit rates, so they are what the source's playlist says, or else a nominal figure,
 * and not what is measured.
 * @throws PackagerError configuration_unsupported for sources with discontinuities, which a client manifest cannot express, and other codecs
 */
export function planQualityLevels(
  streams: readonly PlannedStream[],
  index: AssetIndex,
  folder: string,
): ReadonlyMap<string, PlannedQualityLevel> {
  if (index.renditions.some(({ periods }) => periods.length > 1))
    throw new PackagerError('configuration_unsupported', 'Smooth Streaming needs a source without discontinuities', {
      field: 'MssPackage',
    });
  for (const { members } of streams)
    for (const member of members) refuseOtherCodec(configurationOf(member.carriers[0]));
  const taken = new Set<number>();
  let audio = 0;
  return new Map(
    streams.map(({ id, members: [main] }) => {
      const isVideo = main.kind === 'video';
      let bitrate =
        (isVideo ? main.variant?.bandwidth : undefined) ?? nominalBitRate(configurationOf(main.carriers[0]));
      // Equal ones would share their addresses.
      while (isVideo && taken.has(bitrate)) bitrate += 1;
      if (isVideo) taken.add(bitrate);
      else audio += 1;
      return [id, { folder, stream: isVideo ? 'video' : audio === 1 ? 'audio' : `audio_${audio}`, bitrate }];
    }),
  );
}

function refuseOtherCodec({ codec, codecString }: CodecConfiguration): void {
  if (codec === 'avc' || codec === 'aac') return;
  throw new PackagerError(
    'configuration_unsupported',
    `Smooth Streaming is made of H.264 and AAC; the source has ${codecString}`,
    { field: 'MssPackage' },
  );
}

function configurationOf(carrier: PlannedStream['members'][0]['carriers'][0] | undefined): CodecConfiguration {
  const track = carrier?.rendition.periods[0]?.tracks[carrier.tracks[0] ?? -1];
  if (!track) throw new Error('a stream without a track');
  return track.configuration;
}

function nominalBitRate(configuration: CodecConfiguration): number {
  if (!isVideo(configuration)) return audioBitRate * configuration.channels;
  const [frames, per] = configuration.frameRate ?? [25, 1];
  return Math.round((configuration.width * configuration.height * videoBitsPerPixel * frames) / per);
}
