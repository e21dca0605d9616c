import { adtsHeaderLength } from '../codec/aac/adts.js';
import { adtsProfile, writeAdtsHeader } from '../codec/aac/write-adts.js';
import { nalType } from '../codec/h264/nal-unit.js';
import { nalType as hevcType } from '../codec/h265/nal-unit.js';
import { parameterSetUnits } from '../codec/nal-codec.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { iso639 } from '../model/language.js';
import type { NalConfiguration, Track } from '../model/track.js';
import { descriptor } from './write-psi.js';

/** How the samples of a track travel in a transport stream. */
export interface Carriage {
  /** ISO/IEC 13818-1 Table 2-34 */
  readonly streamType: number;
  /** Table 2-22 */
  readonly streamId: number;
  readonly descriptors: readonly Uint8Array[];
  /** Bytes before each sample: an ADTS header. */
  readonly header: number;
  /** Writes them. @param size of the sample */
  readonly writeHeader?: (into: Uint8Array, at: number, size: number) => void;
  /** Absent for audio. */
  readonly nalUnits?: NalUnits;
}

/** NAL units after their lengths become NAL units after start codes, with what stands before the first picture of each. */
export interface NalUnits {
  /** access_unit_delimiter with its start code */
  readonly delimiter: Uint8Array;
  /** Parameter sets with start codes, for access units at which decoding can begin; empty when they are in the samples. */
  readonly parameterSets: Uint8Array;
}

/** ISO/IEC 13818-1 §2.6.8 */
const registrationDescriptor = 0x05;
const languageDescriptor = 0x0a;

/** @param language BCP 47 @throws UnsupportedCodingError for what a transport stream cannot carry */
export function carriageOf(track: Track, language: string | undefined): Carriage {
  const { configuration } = track;
  switch (configuration.codec) {
    case 'avc':
      return { streamType: 0x1b, streamId: 0xe0, descriptors: [], header: 0, nalUnits: nalUnits(configuration) };
    case 'hevc': {
      const registration = descriptor(registrationDescriptor, ...letters('HEVC'));
      return {
        streamType: 0x24,
        streamId: 0xe0,
        descriptors: [registration],
        header: 0,
        nalUnits: nalUnits(configuration),
      };
    }
    case 'aac': {
      const profile = adtsProfile(configuration);
      return {
        streamType: 0x0f,
        streamId: 0xc0,
        descriptors: languageDescriptors(language),
        header: adtsHeaderLength,
        writeHeader: (into, at, size) => writeAdtsHeader(into, at, profile, size),
      };
    }
    case 'mpeg': {
      const streamType = configuration.codecString === 'mp4a.6B' ? 0x03 : 0x04;
      return { streamType, streamId: 0xc0, descriptors: languageDescriptors(language), header: 0 };
    }
    case 'ac3':
      return dolby(0x81, 'AC-3', language);
    case 'eac3':
      return dolby(0x87, 'EAC3', language);
    case 'av1':
    case 'vp9':
    case 'opus':
    case 'flac':
      throw new UnsupportedCodingError(`transport streams do not carry ${configuration.codecString}`, 0);
  }
}

/** As ATSC has it, A/52 Annex A and G: frames as they are in private_stream_1, with a registration of the format. */
function dolby(streamType: number, format: string, language: string | undefined): Carriage {
  const registration = descriptor(registrationDescriptor, ...letters(format));
  return { streamType, streamId: 0xbd, descriptors: [registration, ...languageDescriptors(language)], header: 0 };
}

/** ISO_639_language_descriptor, ISO/IEC 13818-1 §2.6.18, audio_type undefined. */
function languageDescriptors(language: string | undefined): Uint8Array[] {
  const code = iso639(language);
  return code === 'und' ? [] : [descriptor(languageDescriptor, ...letters(code), 0)];
}

function letters(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** Any slice types (primary_pic_type 7), ITU-T H.264 §7.3.2.4. */
const avcDelimiter = Uint8Array.of(0, 0, 0, 1, nalType.accessUnitDelimiter, 0xf0);
/** Any slice types (pic_type 2), ITU-T H.265 §7.3.2.5. */
const hevcDelimiter = Uint8Array.of(0, 0, 0, 1, hevcType.accessUnitDelimiter << 1, 1, 0x50);

function nalUnits(configuration: NalConfiguration): NalUnits {
  return {
    delimiter: configuration.codec === 'avc' ? avcDelimiter : hevcDelimiter,
    parameterSets: configuration.parameterSetsInBand
      ? new Uint8Array()
      : withStartCodes(parameterSetUnits(configuration)),
  };
}

function withStartCodes(units: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...unit]));
}
