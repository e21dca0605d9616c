import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import type { AacConfiguration } from '../../model/track.js';
import { channelCounts } from './channel-configuration.js';

/** samplingFrequencyIndex, ISO/IEC 14496-3 Table 1.18; 15: said in 24 bits. */
const frequencies = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
const explicitFrequency = 15;

/** Audio object types, Table 1.17: those whose frames are AAC as browsers and devices decode it. */
const objectTypes = { main: 1, lc: 2, ltp: 4, sbr: 5, ps: 29 };
const generalAudio: readonly number[] = [objectTypes.main, objectTypes.lc, objectTypes.ltp];

/**
 * AudioSpecificConfig, §1.6.2.1, of AAC with or without SBR and PS (HE-AAC) signalled.
 * @throws MalformedError, UnsupportedCodingError
 */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacConfiguration {
  const reader = new BitReader(bytes);
  const core = { ...readAudioSpecificConfig(reader), audioSpecificConfig: new Uint8Array(bytes) };
  if (core.outputSampleRate !== undefined || reader.left < 2) return core;
  skipGeneralAudio(reader);
  return { ...core, ...readBackwardCompatible(reader, core) };
}

/**
 * The same, up to and with frameLengthFlag.
 * @throws MalformedError, UnsupportedCodingError
 */
export function readAudioSpecificConfig(reader: BitReader): Omit<AacConfiguration, 'audioSpecificConfig'> {
  const signalled = objectType(reader);
  const sampleRate = frequency(reader);
  const channelConfiguration = reader.bits(4);
  const extended = signalled === objectTypes.sbr || signalled === objectTypes.ps;
  const extensionRate = extended ? frequency(reader) : undefined;
  const core = extended ? objectType(reader) : signalled;
  if (!generalAudio.includes(core))
    throw new UnsupportedCodingError(
      `MPEG-4 audio of object type ${core}; AAC (1, 2, 4) with or without SBR and PS is supported`,
      0,
    );
  const channels = channelCounts[channelConfiguration];
  if (channels === undefined)
    throw new UnsupportedCodingError(
      `AAC with channel configuration ${channelConfiguration}; 1 to 7, 11, 12 and 14 are supported`,
      0,
    );
  const frameLength = reader.flag() ? 960 : 1024;
  // Parametric stereo makes two channels of one.
  const heard = signalled === objectTypes.ps && channels === 1 ? 2 : channels;
  return {
    codec: 'aac',
    codecString: `mp4a.40.${signalled}`,
    sampleRate,
    ...(extensionRate !== undefined && { outputSampleRate: extensionRate }),
    channels: heard,
    frameLength,
  };
}

/** channelConfiguration, §1.6.2.1. @param reader at the beginning */
export function readChannelConfiguration(reader: BitReader): number {
  objectType(reader);
  frequency(reader);
  return reader.bits(4);
}

/** What GASpecificConfig has after frameLengthFlag, §4.4.1. */
export function skipGeneralAudio(reader: BitReader): void {
  if (reader.flag()) reader.skip(14); // coreCoderDelay
  reader.skip(1); // extensionFlag, 0 for these object types
}

/** Syncs of what older decoders pass over, §1.6.2.1: SBR, and PS. */
const extensionSync = { sbr: 0x2b7, ps: 0x548 };

/** SBR and PS signalled behind the core's configuration, explicitly and backward compatible. */
function readBackwardCompatible(
  reader: BitReader,
  { channels }: Pick<AacConfiguration, 'channels'>,
): Partial<Pick<AacConfiguration, 'codecString' | 'outputSampleRate' | 'channels'>> {
  if (reader.left < 17 || reader.bits(11) !== extensionSync.sbr) return {};
  if (objectType(reader) !== objectTypes.sbr || !reader.flag()) return {};
  const outputSampleRate = frequency(reader);
  const hasPs = reader.left >= 12 && reader.bits(11) === extensionSync.ps && reader.flag();
  const codecString = `mp4a.40.${hasPs ? objectTypes.ps : objectTypes.sbr}`;
  return { codecString, outputSampleRate, channels: hasPs && channels === 1 ? 2 : channels };
}

function objectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

function frequency(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === explicitFrequency ? reader.bits(24) : frequencies[index];
  if (!rate) throw new MalformedError(`samplingFrequencyIndex ${index} is reserved`, reader.offset);
  return rate;
}
