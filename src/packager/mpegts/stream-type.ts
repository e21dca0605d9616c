import type { NalCodec } from '../codec/nal-codec.js';
import type { MetadataFormat } from '../model/timed-metadata.js';
import type { AudioFraming } from '../model/track.js';

/** What a stream_type (ISO/IEC 13818-1 Table 2-34, and users' assignments) is to us. */
export type StreamKind =
  /** Packaged. */
  | { readonly kind: 'video'; readonly name: string; readonly codec: NalCodec }
  | { readonly kind: 'audio'; readonly name: string; readonly framing: AudioFraming }
  /** Carried as events. */
  | { readonly kind: 'metadata'; readonly name: string; readonly format: MetadataFormat }
  /** Left out, with a note. */
  | { readonly kind: 'data'; readonly name: string }
  /** A picture or sound that would be missing from the result: refused by name. */
  | { readonly kind: 'unsupported'; readonly name: string };

const table: Readonly<Record<number, StreamKind>> = {
  0x01: unsupported('MPEG-1 video'),
  0x02: unsupported('MPEG-2 video'),
  0x03: audio('MPEG-1 audio', 'mpeg'),
  0x04: audio('MPEG-2 audio', 'mpeg'),
  0x05: data('private sections'),
  0x06: data('private PES data'),
  0x0f: audio('AAC (ADTS)', 'adts'),
  0x10: unsupported('MPEG-4 part 2 video'),
  0x11: audio('AAC (LATM)', 'latm'),
  0x15: { kind: 'metadata', name: 'timed metadata (ID3)', format: 'id3' },
  0x1b: { kind: 'video', name: 'H.264', codec: 'avc' },
  0x1c: unsupported('AAC (raw)'),
  0x20: unsupported('H.264 MVC'),
  0x21: unsupported('JPEG 2000'),
  0x24: { kind: 'video', name: 'HEVC', codec: 'hevc' },
  0x33: unsupported('VVC'),
  0x42: unsupported('AVS video'),
  0x80: unsupported('user private 0x80 (LPCM or DigiCipher video)'),
  0x81: audio('AC-3', 'dolby'),
  0x82: unsupported('DTS'),
  0x83: unsupported('TrueHD'),
  0x84: audio('E-AC-3', 'dolby'),
  0x85: unsupported('DTS-HD'),
  0x86: { kind: 'metadata', name: 'SCTE-35', format: 'scte35' },
  0x87: audio('E-AC-3', 'dolby'),
  0xc1: unsupported('AC-3 with SAMPLE-AES'),
  0xc2: unsupported('E-AC-3 with SAMPLE-AES'),
  0xcf: unsupported('AAC with SAMPLE-AES'),
  0xd1: unsupported('Dirac'),
  0xdb: unsupported('H.264 with SAMPLE-AES'),
  0xea: unsupported('VC-1'),
};

/** Descriptors that say what is in private PES data (stream_type 0x06), by tag. ETSI EN 300 468 §6.2, Annex D, H; ATSC A/52. */
const privateDescriptors: Readonly<Record<number, StreamKind>> = {
  0x56: data('teletext'),
  0x59: data('DVB subtitles'),
  0x6a: audio('AC-3', 'dolby'),
  0x7a: audio('E-AC-3', 'dolby'),
  0x7b: unsupported('DTS'),
  0x7c: unsupported('AAC (DVB private)'),
  0x81: audio('AC-3', 'dolby'),
};

/** @param descriptorTags of the stream's ES_info; `registrations` are format_identifiers, such as `Opus` or `HEVC` */
export function streamKind(
  streamType: number,
  descriptorTags: readonly number[],
  registrations: readonly string[],
): StreamKind {
  if (streamType === 0x15 && registrations.includes('KLVA')) return data('timed metadata (KLV)');
  if (streamType === 0x06) {
    if (registrations.includes('AC-3')) return audio('AC-3', 'dolby');
    if (registrations.includes('EAC3')) return audio('E-AC-3', 'dolby');
    const registered = registrations.find((name) => ['Opus', 'HEVC', 'BSSD', 'AV01'].includes(name));
    if (registered) return unsupported(registered);
    const tag = descriptorTags.find((candidate) => privateDescriptors[candidate]);
    if (tag !== undefined) return privateDescriptors[tag] as StreamKind;
  }
  return table[streamType] ?? data(`stream type 0x${streamType.toString(16).padStart(2, '0')}`);
}

/** Encrypted by Apple's sample encryption, which has stream types of its own. */
export function isSampleEncrypted(streamType: number): boolean {
  return [0xc1, 0xc2, 0xcf, 0xdb].includes(streamType);
}

function audio(name: string, framing: AudioFraming): StreamKind {
  return { kind: 'audio', name, framing };
}
function unsupported(name: string): StreamKind {
  return { kind: 'unsupported', name };
}
function data(name: string): StreamKind {
  return { kind: 'data', name };
}
