import type { AvcConfiguration } from '../../model/track.js';
import { box, fixed16, u16, u32, u8, zeros } from '../box.js';
import { avcC } from './avcc.js';

/**
 * Visual sample entry for AVC, ISO/IEC 14496-12 §12.1.3 and 14496-15 §5.4.2: `avc1` when all parameter sets are here, `avc3` when samples
 * may bring their own.
 */
export function avcSampleEntry(configuration: AvcConfiguration): Uint8Array {
  return box(
    configuration.parameterSetsInBand ? 'avc3' : 'avc1',
    zeros(6), // reserved
    u16(1), // data reference index
    zeros(16), // pre_defined, reserved
    u16(configuration.width, configuration.height),
    fixed16(72, 72), // resolution, pixels per inch
    u32(0), // reserved
    u16(1), // frames in a sample
    u8(0), // length of the compressor's name
    zeros(31),
    u16(24), // depth: colour without alpha
    u16(0xffff), // pre_defined
    avcC(configuration),
    ...pasp(configuration.sampleAspectRatio),
  );
}

/** Pixel aspect ratio, ISO/IEC 14496-12 §12.1.4; nothing for square pixels. */
function pasp([horizontal, vertical]: readonly [number, number]): Uint8Array[] {
  return horizontal === vertical ? [] : [box('pasp', u32(horizontal, vertical))];
}
