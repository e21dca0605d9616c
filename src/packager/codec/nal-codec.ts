import type { NalConfiguration } from '../model/track.js';
import { avcConfiguration } from './h264/avc-configuration.js';
import { splitAccessUnits as splitAvc } from './h264/access-units.js';
import type { FindStartCode } from './annexb.js';
import { displayOrder as avcDisplayOrder } from './h264/display-order.js';
import { firstPicture as firstAvcPicture } from './h264/first-picture.js';
import { nalType as avcType } from './h264/nal-unit.js';
import { parsePps as parseAvcPps } from './h264/pps.js';
import { parseSps as parseAvcSps } from './h264/sps.js';
import { splitAccessUnits as splitHevc } from './h265/access-units.js';
import { displayOrder as hevcDisplayOrder } from './h265/display-order.js';
import { firstPicture as firstHevcPicture } from './h265/first-picture.js';
import { hevcConfiguration } from './h265/hevc-configuration.js';
import { isSlice as isHevcSlice, nalType as hevcType, nalUnitType } from './h265/nal-unit.js';
import { parsePps as parseHevcPps } from './h265/pps.js';
import { parseSps as parseHevcSps } from './h265/sps.js';
import { parseVps } from './h265/vps.js';
import type { DisplayPlace } from './display-place.js';
import type { ParameterSetUnits, PictureStart } from './picture-start.js';
import type { AccessUnits } from './sample-gatherer.js';

/** Codecs whose access units are NAL units, and what is done alike with both. */
export type NalCodec = NalConfiguration['codec'];

interface NalCodecParts {
  readonly name: string;
  readonly firstPicture: (bytes: Uint8Array, find: FindStartCode, from: number) => PictureStart | undefined;
  /** @param byte the first one of a NAL unit */
  readonly isDelimiter: (byte: number) => boolean;
  /** @param byte the first one of a NAL unit */
  readonly isSlice: (byte: number) => boolean;
  /** @throws MalformedError; PackagerError source_invalid when there are none */
  readonly configuration: (sets: ParameterSetUnits, parameterSetsInBand: boolean) => NalConfiguration;
  /** Sample entries: parameter sets in them alone, and in samples too. */
  readonly sampleEntries: readonly [apart: string, inBand: string];
  /** Ids of sets of each kind. @throws MalformedError */
  readonly ids: (sets: ParameterSetUnits) => (readonly number[])[];
}

type Identified = (unit: Uint8Array) => { readonly id: number };
const idsOf = (units: readonly Uint8Array[], parse: Identified) => units.map((unit) => parse(unit).id);

export const nalCodecs: Readonly<Record<NalCodec, NalCodecParts>> = {
  avc: {
    name: 'H.264',
    firstPicture: firstAvcPicture,
    isDelimiter: (byte) => (byte & 31) === avcType.accessUnitDelimiter,
    isSlice: (byte) => (byte & 31) >= avcType.slice && (byte & 31) <= avcType.idrSlice,
    configuration: ({ sps, pps }, inBand) => avcConfiguration(sps, pps, inBand),
    sampleEntries: ['avc1', 'avc3'],
    ids: ({ sps, pps }) => [idsOf(sps, parseAvcSps), idsOf(pps, parseAvcPps)],
  },
  hevc: {
    name: 'HEVC',
    firstPicture: firstHevcPicture,
    isDelimiter: (byte) => nalUnitType(byte) === hevcType.accessUnitDelimiter,
    isSlice: (byte) => isHevcSlice(nalUnitType(byte)),
    configuration: hevcConfiguration,
    sampleEntries: ['hvc1', 'hev1'],
    ids: ({ vps, sps, pps }) => [idsOf(vps, parseVps), idsOf(sps, parseHevcSps), idsOf(pps, parseHevcPps)],
  },
};

/** As the codec's own: see there. @throws MalformedError, UnsupportedCodingError */
export function splitAccessUnits(bytes: Uint8Array, from: number, configuration: NalConfiguration): AccessUnits {
  return configuration.codec === 'avc' ? splitAvc(bytes, from, configuration) : splitHevc(bytes, from, configuration);
}

/** As the codec's own: see there. @throws MalformedError */
export function displayOrder(
  bytes: Uint8Array,
  slices: readonly number[],
  configuration: NalConfiguration,
): DisplayPlace[] {
  return configuration.codec === 'avc'
    ? avcDisplayOrder(bytes, slices, configuration)
    : hevcDisplayOrder(bytes, slices, configuration);
}

/** The parameter sets of a configuration, in the order in which a decoder needs them. */
export function parameterSetUnits(configuration: NalConfiguration): readonly Uint8Array[] {
  const { sps, pps } = configuration;
  return configuration.codec === 'avc' ? [...sps, ...pps] : [...configuration.vps, ...sps, ...pps];
}

/** The configuration with its parameter sets in the samples, ISO/IEC 14496-15 §5.3.3.1 and §8.3.2: `avc3`, `hev1`. */
export function withParameterSetsInBand<T extends NalConfiguration>(configuration: T): T {
  const [apart, inBand] = nalCodecs[configuration.codec].sampleEntries;
  const codecString = configuration.codecString.replace(new RegExp(`^${apart}`), inBand);
  return { ...configuration, codecString, parameterSetsInBand: true };
}
