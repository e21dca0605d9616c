import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { DolbyConfiguration } from '../../model/track.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';

/** fscod, ETSI TS 102 366 table 4.1; 3 in E-AC-3 stands for half of one of these, which the sample entry tells. */
const sampleRates: readonly (number | undefined)[] = [48_000, 44_100, 32_000];

/** acmod, table 4.3: full bandwidth channels. */
const channelCounts = [2, 1, 2, 3, 3, 4, 4, 5] as const;

/** Samples of a frame of six blocks, which both have unless E-AC-3 says otherwise. */
const frameLength = 1536;

/** AC3SpecificBox, ETSI TS 102 366 §F.4. @param bytes what follows its header @throws MalformedError */
export function parseAc3Specific(bytes: Uint8Array): DolbyConfiguration {
  const reader = new BitReader(bytes);
  const sampleRate = sampleRates[reader.bits(2)];
  if (sampleRate === undefined) throw new MalformedError('dac3: fscod 3 is reserved', 0);
  reader.skip(5 + 3); // bsid, bsmod
  return {
    codec: 'ac3',
    codecString: 'ac-3',
    specificBox: new Uint8Array(bytes),
    sampleRate,
    frameLength,
    ...channelsOf(reader),
  };
}

/**
 * EC3SpecificBox, §F.6.
 * @param entryRate Hz, as the sample entry says it @throws MalformedError, UnsupportedCodingError for more than one substream
 */
export function parseEac3Specific(bytes: Uint8Array, entryRate: number): DolbyConfiguration {
  const reader = new BitReader(bytes);
  reader.skip(13); // data_rate
  const independent = reader.bits(3) + 1;
  const sampleRate = sampleRates[reader.bits(2)] ?? entryRate;
  reader.skip(5 + 1 + 1 + 3); // bsid, reserved, asvc, bsmod
  const channels = channelsOf(reader);
  reader.skip(3); // reserved
  const dependent = reader.bits(4);
  if (independent > 1 || dependent > 0)
    throw new UnsupportedCodingError(
      `E-AC-3 of ${independent} independent and ${dependent} dependent substreams; one and none are supported`,
      0,
    );
  if (sampleRate === 0) throw new MalformedError('dec3: no sample rate', 0);
  return {
    codec: 'eac3',
    codecString: 'ec-3',
    specificBox: new Uint8Array(bytes),
    sampleRate,
    frameLength,
    ...channels,
  };
}

function channelsOf(reader: BitReader): Pick<DolbyConfiguration, 'codingMode' | 'lfe' | 'channels'> {
  const codingMode = reader.bits(3);
  const lfe = reader.flag();
  return { codingMode, lfe, channels: (channelCounts[codingMode] as number) + (lfe ? 1 : 0) };
}
