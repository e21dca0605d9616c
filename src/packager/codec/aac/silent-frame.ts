import { BitReader } from '../../bits/bit-reader.js';
import type { AacConfiguration } from '../../model/track.js';
import { readChannelConfiguration } from './read-audio-specific-config.js';

/**
 * Syntactic elements of one frame by channelConfiguration, ISO/IEC 14496-3 Table 1.19: single channel, channel pair, low frequencies.
 * 0 is described in band.
 */
const elements: Readonly<Record<number, string>> = {
  ...{ 1: 'S', 2: 'P', 3: 'SP', 4: 'SPS', 5: 'SPP', 6: 'SPPL', 7: 'SPPPL' },
  ...{ 11: 'SPPSL', 12: 'SPPPL', 14: 'SPPLP' },
};

/** ics_info, §4.4.2.1: one long window, a sine as decoders begin with, no scale factor band and so no spectrum. */
const windows = '0'.repeat(11);
/** Table 4.50: no pulses, no noise shaping, no gain control, after a global_gain that nothing asks for. */
const gain = '0'.repeat(8);
const tools = '000';

/** id_syn_ele and what follows the element_instance_tag, §4.5.2.1. */
const syntax: Readonly<Record<string, readonly [id: string, content: string]>> = {
  S: ['000', gain + windows + tools],
  // common_window, and an ms_mask_present of 0
  P: ['001', `1${windows}00${gain}${tools}${gain}${tools}`],
  L: ['011', gain + windows + tools],
};
const end = '111';

/**
 * raw_data_block, §4.4.2.1, of a frame in which nothing is heard. With SBR it is a frame without, which decoders widen (§4.6.18.5).
 * Undefined where the channels are described in band.
 */
export function silentFrame({ audioSpecificConfig }: AacConfiguration): Uint8Array | undefined {
  const row = elements[readChannelConfiguration(new BitReader(audioSpecificConfig))];
  if (row === undefined) return undefined;
  const count = { S: 0, P: 0, L: 0 };
  const parts = Array.from(row, (element) => {
    const [id, content] = syntax[element] as readonly [string, string];
    const tag = (count[element as keyof typeof count]++).toString(2).padStart(4, '0');
    return id + tag + content;
  });
  return packed(parts.join('') + end);
}

/** Up to a whole byte. */
function packed(bits: string): Uint8Array {
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => parseInt(byte.padEnd(8, '0'), 2));
}
