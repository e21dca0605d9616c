import { ByteReader } from '../../bits/byte-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { Colour, WholeFrameConfiguration } from '../../model/video.js';

/** 4:2:0 with chroma between or on luma samples; what a codec string without it means is the second. */
const colocated = 1;
const unspecified = 2;

/**
 * VPCodecConfigurationBox, VP Codec ISO Media File Format Binding §2.2.
 * @param bytes of `vpcC`, from its version on @throws MalformedError
 */
export function parseVp9Configuration(
  bytes: Uint8Array,
): Omit<WholeFrameConfiguration, 'width' | 'height' | 'sampleAspectRatio'> {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== 1) throw new MalformedError(`vpcC of version ${version}; 1 is known`, 0);
  reader.skip(3); // flags
  const [profile, level, packed] = [reader.u8(), reader.u8(), reader.u8()];
  const [depth, chroma, fullRange] = [packed >> 4, (packed >> 1) & 7, (packed & 1) === 1];
  const colour: Colour = { primaries: reader.u8(), transfer: reader.u8(), matrix: reader.u8(), fullRange };
  const isSaid = [colour.primaries, colour.transfer, colour.matrix].some((point) => point !== unspecified);
  return {
    codec: 'vp9',
    codecString: codecString({ profile, level, depth, chroma }, colour),
    configurationBox: new Uint8Array(bytes),
    ...(isSaid && { colour }),
  };
}

interface Coding {
  readonly profile: number;
  readonly level: number;
  /** bits */
  readonly depth: number;
  readonly chroma: number;
}

/** `vp09.PP.LL.DD`, and all of what may follow where any of it is not what its absence means: 4:2:0, BT.709, video range. */
function codecString(
  { profile, level, depth, chroma }: Coding,
  { primaries, transfer, matrix, fullRange }: Colour,
): string {
  const points = [primaries, transfer, matrix];
  const isUsual = chroma <= colocated && !fullRange && points.every((point) => point === 1 || point === unspecified);
  const more = isUsual ? [] : [chroma, ...points, fullRange ? 1 : 0];
  return ['vp09', ...[profile, level, depth, ...more].map((value) => String(value).padStart(2, '0'))].join('.');
}
