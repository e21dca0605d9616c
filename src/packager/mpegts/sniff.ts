import { packetSize, syncByte } from './packet.js';

export type SniffedContent =
  | 'transport stream'
  | 'playlist'
  | 'MP4'
  | 'packed audio'
  | 'transport stream of 192-byte packets (M2TS)'
  | 'transport stream of 204-byte packets (Reed-Solomon)'
  | 'SMIL'
  | 'web page or XML'
  | 'nothing'
  | 'unknown';

/** Boxes that an MP4 or a segment of one begins with. */
const mp4Boxes = ['ftyp', 'styp', 'moof', 'sidx', 'moov', 'mdat', 'free', 'skip', 'wide', 'emsg', 'prft'];

/** The root of a document comes within so many bytes, after comments. */
const searchedForRoot = 4096;

/** What bytes are, by their beginning: names and content types lie. A few hundred bytes are enough. */
export function sniffContent(bytes: Uint8Array): SniffedContent {
  if (bytes.length === 0) return 'nothing';
  if (hasSyncEvery(bytes, packetSize, 0)) return 'transport stream';
  if (hasSyncEvery(bytes, 192, 4)) return 'transport stream of 192-byte packets (M2TS)';
  if (hasSyncEvery(bytes, 204, 0)) return 'transport stream of 204-byte packets (Reed-Solomon)';
  const text = ascii(bytes, 0, 64)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (text.startsWith('#EXTM3U')) return 'playlist';
  if (text.startsWith('<') && /<(?:\w+:)?smil[\s>/]/i.test(ascii(bytes, 0, searchedForRoot))) return 'SMIL';
  if (text.startsWith('<')) return 'web page or XML';
  if (mp4Boxes.includes(ascii(bytes, 4, 8))) return 'MP4';
  if (text.startsWith('ID3') || beginsWithFrame(bytes)) return 'packed audio';
  return 'unknown';
}

/** ADTS, MPEG audio; AC-3, E-AC-3. */
function beginsWithFrame([first = 0, second = 0]: Uint8Array): boolean {
  return (first === 0xff && (second & 0xf0) === 0xf0) || (first === 0x0b && second === 0x77);
}

/** The sync byte at the first places where one is due, at most five; a single one could be chance, unless there is but one packet. */
function hasSyncEvery(bytes: Uint8Array, size: number, first: number): boolean {
  const due = Math.min(5, Math.ceil((bytes.length - first) / size));
  for (let packet = 0; packet < due; packet += 1) if (bytes[first + packet * size] !== syncByte) return false;
  return due > 1 || (due === 1 && bytes.length === size);
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
