import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import type { Samples } from '../model/samples.js';
import type { Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import type { Carriage } from './carriage.js';
import { longestDelay } from './pes.js';
import type { PesTimes } from './write-pes.js';

/** A PES packet to be written: one picture, or some audio frames. */
export interface PesPacket {
  /** Index of its track. */
  readonly stream: number;
  /** Index of its first sample, and how many. */
  readonly first: number;
  readonly count: number;
  /** Ticks of 90 kHz. */
  readonly times: PesTimes;
  /** bytes of payload, with what is written before the samples */
  readonly size: number;
  readonly randomAccess: boolean;
  readonly nalUnits: boolean;
  /** No access unit begins in it: it has no times of its own. */
  readonly continues?: boolean;
}

export interface PesOptions {
  readonly stream: number;
  readonly track: Track;
  readonly carriage: Carriage;
  /** Ticks of 90 kHz of the period's time 0. */
  readonly clock: number;
}

/** bytes of audio in one PES packet: what fits into 16 transport stream packets with its header. */
const audioBytes = 2900;

/** Ticks of 90 kHz that a picture is decoded late at most, a millisecond, where those of finer clocks lie within one tick. */
const mostLate = 90;

/** Puts samples into PES packets, in their order. @throws UnsupportedCodingError */
export function pesPackets(samples: Samples, options: PesOptions): PesPacket[] {
  // Of nothing there is no frame: whoever counts frames between time stamps would have all that follow too early.
  if (samples.sizes.includes(0))
    throw new UnsupportedCodingError('a sample without bytes, which a transport stream cannot carry', 0);
  return options.track.kind === 'video' ? pictures(samples, options) : frames(samples, options);
}

function pictures({ sizes, decodeTimes, compositionOffsets, sync }: Samples, options: PesOptions): PesPacket[] {
  const { stream, track, carriage, clock } = options;
  const shift = track.kind === 'video' ? track.decodeShift : 0;
  const { delimiter, parameterSets } = carriage.nalUnits ?? { delimiter: [], parameterSets: [] };
  const ticks = (time: number) => clock + rescale(time, track.timescale, 90_000);
  let next = -Infinity;
  return sizes.map((size, index) => {
    const time = decodeTimes[index] as number;
    const pts = ticks(time + (compositionOffsets[index] as number));
    // Presentation is never before decoding: ISO/IEC 13818-1 §2.4.3.7.
    const due = Math.min(pts, ticks(time - shift));
    const dts = Math.max(due, next);
    if (dts - due > mostLate)
      throw new UnsupportedCodingError('pictures that follow each other faster than a transport stream counts', 0);
    if (pts - dts > longestDelay)
      throw new UnsupportedCodingError('a picture that is shown more than a minute after it is decoded', 0);
    next = dts + 1;
    const randomAccess = sync[index] as boolean;
    return {
      stream,
      first: index,
      count: 1,
      times: { pts: Math.max(pts, dts), dts },
      size: size + delimiter.length + (randomAccess ? parameterSets.length : 0),
      randomAccess,
      nalUnits: true,
    };
  });
}

/** A frame that does not follow the one before without a gap needs a time stamp of its own. */
function frames({ sizes, decodeTimes }: Samples, { stream, track, carriage, clock }: PesOptions): PesPacket[] {
  const packets: PesPacket[] = [];
  const frameLength = track.kind === 'audio' ? track.configuration.frameLength : 0;
  for (let first = 0; first < sizes.length;) {
    let count = 0;
    let size = 0;
    while (first + count < sizes.length) {
      const index = first + count;
      const more = (sizes[index] as number) + carriage.header;
      const follows = count === 0 || decodeTimes[index] === (decodeTimes[index - 1] as number) + frameLength;
      if (count > 0 && (!follows || size + more > audioBytes)) break;
      size += more;
      count += 1;
    }
    const pts = clock + rescale(decodeTimes[first] as number, track.timescale, 90_000);
    packets.push({ stream, first, count, times: { pts, dts: pts }, size, randomAccess: true, nalUnits: false });
    first += count;
  }
  return packets;
}
