import { ByteReader } from '../../bits/byte-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { Colour, WholeFrameConfiguration } from '../../model/video.js';
import { sequenceColour } from './sequence-header.js';

/**
 * AV1CodecConfigurationBox, AV1 Codec ISO Media File Format Binding §2.3.
 * @param bytes of `av1C` @throws MalformedError
 */
export function parseAv1Configuration(
  bytes: Uint8Array,
): Omit<WholeFrameConfiguration, 'width' | 'height' | 'sampleAspectRatio'> {
  const reader = new ByteReader(bytes);
  const marker = reader.u8();
  if (marker !== 0x81) throw new MalformedError(`av1C begins with ${marker}; 129 (version 1) is known`, 0);
  const [profileAndLevel, coding] = [reader.u8(), reader.u8()];
  reader.skip(1); // initial presentation delay
  const colour = sequenceColour(bytes.subarray(4));
  const codecString = codecParameter(profileAndLevel, coding, colour);
  return { codec: 'av1', codecString, configurationBox: new Uint8Array(bytes), ...(colour && { colour }) };
}

/**
 * `av01.P.LLT.DD`, §5, and all of what may follow where any of it is not what its absence means: 4:2:0, BT.709, video range.
 * @param coding tier, depth, monochrome, chroma subsampling and sample position, from the highest bit on
 */
function codecParameter(profileAndLevel: number, coding: number, colour: Colour | undefined): string {
  const bit = (from: number) => (coding >> from) & 1;
  const level = String(profileAndLevel & 31).padStart(2, '0');
  const depth = bit(6) === 0 ? '08' : bit(5) === 0 ? '10' : '12';
  const short = ['av01', profileAndLevel >> 5, `${level}${bit(7) === 0 ? 'M' : 'H'}`, depth];
  const chroma = `${bit(3)}${bit(2)}${bit(3) === 1 && bit(2) === 1 ? coding & 3 : 0}`;
  const { primaries = 1, transfer = 1, matrix = 1, fullRange = false } = colour ?? {};
  const points = [primaries, transfer, matrix];
  const isUsual = bit(4) === 0 && chroma === '110' && !fullRange && points.every((point) => point === 1 || point === 2);
  if (isUsual) return short.join('.');
  return [...short, bit(4), chroma, ...points.map((point) => String(point).padStart(2, '0')), fullRange ? 1 : 0].join(
    '.',
  );
}
