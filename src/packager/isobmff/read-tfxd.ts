import { ByteReader } from '../bits/byte-reader.js';
import { bytesOf, type ReadBox } from './box-reader.js';

/** 6d1d9b05-42d5-44e6-80e2-141daff757b2 */
const identifier = Uint8Array.of(
  ...[0x6d, 0x1d, 0x9b, 0x05, 0x42, 0xd5, 0x44, 0xe6],
  ...[0x80, 0xe2, 0x14, 0x1d, 0xaf, 0xf7, 0x57, 0xb2],
);

/**
 * When the first sample of a track fragment is, as files of Smooth Streaming say it in place of `tfdt`: FragmentAbsoluteTime, [MS-SSTR] §2.2.4.4. Below 0
 * where sound begins before the picture.
 * @returns undefined where nothing says it, or as a time of day that no number holds to the tick
 */
export function readTfxd(traf: ReadBox): number | undefined {
  const found = traf.children.find((each) => each.type === 'uuid' && isTfxd(bytesOf(each)));
  if (!found) return undefined;
  const reader = new ByteReader(bytesOf(found), identifier.length);
  const version = reader.u8();
  reader.skip(3); // flags
  const time = version === 1 ? reader.i64() : reader.u32();
  return Number.isSafeInteger(time) ? time : undefined;
}

function isTfxd(payload: Uint8Array): boolean {
  return payload.length > identifier.length && identifier.every((byte, index) => byte === payload[index]);
}
