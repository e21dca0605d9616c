import { readFile } from 'node:fs/promises';
import type { Packet, PacketTimes } from './ffmpeg.js';

/**
 * The time stamps of a fragmented MP4 of one track, as ISO/IEC 14496-12 defines them and Media Source Extensions apply them. ffmpeg's reader is
 * no judge of these: where composition offsets are negative it moves the whole track later (it wants presentation never before decoding).
 * Written apart from the packager's own box reader, so that one mistake is not made twice.
 */
export async function fragmentTimes(file: string): Promise<PacketTimes[]> {
  const bytes = await readFile(file);
  const top = boxes(bytes);
  const moov = only(top, 'moov');
  const trak = only(boxes(moov), 'trak');
  if (boxes(trak).some(({ type }) => type === 'edts'))
    throw new Error(`${file} has an edit list, which this judge does not apply`);
  const mdia = boxes(only(boxes(trak), 'mdia'));
  const handler = only(mdia, 'hdlr').toString('latin1', 8, 12);
  const mdhd = only(mdia, 'mdhd');
  const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
  const trex = only(boxes(only(boxes(moov), 'mvex')), 'trex');
  const usual = { duration: trex.readUInt32BE(12), flags: trex.readUInt32BE(20) };
  const packets = top.filter(({ type }) => type === 'moof').flatMap(({ body }) => packetsOfFragment(body, usual));
  return [{ kind: handler === 'vide' ? 'video' : 'audio', timescale, packets }];
}

interface Box {
  readonly type: string;
  /** Without size and type; version and flags of a full box are its first four bytes. */
  readonly body: Buffer;
}

function boxes(bytes: Buffer): Box[] {
  const found: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) throw new Error(`a box of ${size} bytes at ${at} of ${bytes.length}`);
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) });
    at += size;
  }
  return found;
}

function only(among: readonly Box[], type: string): Buffer {
  const matching = among.filter((box) => box.type === type);
  if (matching.length !== 1) throw new Error(`${matching.length} boxes ${type}; one is expected`);
  return matching[0]!.body;
}

interface Usual {
  readonly duration: number;
  readonly flags: number;
}

/** Flags of tfhd and trun, ISO/IEC 14496-12 §8.8.7 and §8.8.8. */
const tfhdFlags = { baseDataOffset: 0x1, sampleDescription: 0x2, duration: 0x8, size: 0x10, flags: 0x20 };
const trunFlags = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 };
/** sample_is_non_sync_sample */
const nonSync = 0x10000;

function packetsOfFragment(moof: Buffer, usual: Usual): Packet[] {
  const traf = boxes(only(boxes(moof), 'traf'));
  const inFragment = usualOfFragment(only(traf, 'tfhd'), usual);
  const tfdt = only(traf, 'tfdt');
  let decode = tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
  const packets: Packet[] = [];
  for (const { body } of traf.filter(({ type }) => type === 'trun')) {
    for (const sample of samplesOfRun(body, inFragment)) {
      packets.push({
        decode,
        presentation: decode + sample.offset,
        duration: sample.duration,
        key: (sample.flags & nonSync) === 0,
      });
      decode += sample.duration;
    }
  }
  return packets;
}

function usualOfFragment(tfhd: Buffer, usual: Usual): Usual {
  const flags = tfhd.readUInt32BE(0) & 0xffffff;
  let at = 8 + (flags & tfhdFlags.baseDataOffset ? 8 : 0) + (flags & tfhdFlags.sampleDescription ? 4 : 0);
  const next = (present: number, otherwise: number) => (present ? tfhd.readUInt32BE((at += 4) - 4) : otherwise);
  const duration = next(flags & tfhdFlags.duration, usual.duration);
  next(flags & tfhdFlags.size, 0);
  return { duration, flags: next(flags & tfhdFlags.flags, usual.flags) };
}

function samplesOfRun(trun: Buffer, usual: Usual): { duration: number; flags: number; offset: number }[] {
  const version = trun[0]!;
  const flags = trun.readUInt32BE(0) & 0xffffff;
  const count = trun.readUInt32BE(4);
  let at = 8 + (flags & trunFlags.dataOffset ? 4 : 0);
  const next = (present: number, otherwise: number) => (present ? trun.readUInt32BE((at += 4) - 4) : otherwise);
  const first = next(flags & trunFlags.firstFlags, usual.flags);
  return Array.from({ length: count }, (_, index) => {
    const duration = next(flags & trunFlags.duration, usual.duration);
    next(flags & trunFlags.size, 0);
    const own = next(flags & trunFlags.flags, index === 0 ? first : usual.flags);
    const offset = next(flags & trunFlags.offset, 0);
    return { duration, flags: own, offset: version === 0 ? offset : offset | 0 };
  });
}
