import { ByteReader } from '../bits/byte-reader.js';
import { parseAc3Specific, parseEac3Specific } from '../codec/ac3/specific-box.js';
import { parseAv1Configuration } from '../codec/av1/av1c.js';
import { parseFlacSpecific } from '../codec/flac/specific-box.js';
import { parseOpusSpecific } from '../codec/opus/specific-box.js';
import { parseVp9Configuration } from '../codec/vp9/vpcc.js';
import { parseAudioSpecificConfig } from '../codec/aac/read-audio-specific-config.js';
import { avcConfiguration } from '../codec/h264/avc-configuration.js';
import { nalType } from '../codec/h264/nal-unit.js';
import { mpegAudioConfiguration } from '../codec/mpeg-audio/frames.js';
import { PackagerError } from '../errors.js';
import type { WholeFrameConfiguration } from '../model/video.js';
import { bytesOf, findBox, type ReadBox } from './box-reader.js';
import { needed } from './movie.js';
import { type AvcRecord, parseAvcRecord } from './read-avcc.js';
import { parseElementaryStreamDescriptor } from './read-esds.js';
import { hevcEntry } from './read-hevc-entry.js';
import { readPicture } from './read-picture.js';
import type { FirstSample, SampleEntry } from './sample-entry.js';

/** Codecs by their sample entry's type. */
const readers: Readonly<
  Record<string, (entry: ReadBox, firstSample: FirstSample) => SampleEntry | Promise<SampleEntry>>
> = {
  avc1: avcEntry,
  avc3: avcEntry,
  hvc1: hevcEntry,
  hev1: hevcEntry,
  av01: (entry) => wholeFrames(entry, parseAv1Configuration(bytesOf(needed(entry, 'av1C')))),
  vp09: (entry) => wholeFrames(entry, parseVp9Configuration(bytesOf(needed(entry, 'vpcC')))),
  mp4a: mp4aEntry,
  '.mp3': (_, firstSample) => mpegAudioEntry(firstSample),
  'ac-3': (entry) => ({ configuration: parseAc3Specific(bytesOf(soundBox(entry, 'dac3'))) }),
  Opus: (entry) => ({ configuration: parseOpusSpecific(bytesOf(needed(entry, 'dOps'))) }),
  fLaC: (entry) => ({ configuration: parseFlacSpecific(bytesOf(needed(entry, 'dfLa'))) }),
  'ec-3': (entry) => ({ configuration: parseEac3Specific(bytesOf(soundBox(entry, 'dec3')), sampleRate(entry)) }),
};

type Coded = Omit<WholeFrameConfiguration, 'width' | 'height' | 'sampleAspectRatio'>;

/** Video whose size is that of the sample entry. */
function wholeFrames(entry: ReadBox, coded: Coded): SampleEntry {
  const size = { width: entry.payload.getUint16(24), height: entry.payload.getUint16(26) };
  return { configuration: { ...coded, ...size, sampleAspectRatio: [1, 1], ...readPicture(entry) } };
}

/** What is known by name and not supported. */
const names: Readonly<Record<string, string>> = {
  dvh1: 'Dolby Vision',
  dvhe: 'Dolby Vision',
  vp08: 'VP8',
  mp4v: 'MPEG-4 part 2 video',
  apcn: 'ProRes',
  apch: 'ProRes',
  jpeg: 'Motion JPEG',
  'ac-4': 'AC-4',
  alac: 'Apple Lossless',
  sowt: 'PCM',
  twos: 'PCM',
  lpcm: 'PCM',
  ipcm: 'PCM',
};

const encrypted: readonly string[] = ['encv', 'enca', 'drms', 'drmi'];

/**
 * The configuration of a track's codec.
 * @throws MalformedError, UnsupportedCodingError; PackagerError source_unsupported, source_encrypted
 */
export async function readSampleEntry(entries: readonly ReadBox[], firstSample: FirstSample): Promise<SampleEntry> {
  // Others are never used: sample tables and fragments that name them are refused.
  const [entry] = entries;
  if (!entry) throw new PackagerError('source_invalid', 'it has no sample description (stsd)');
  if (encrypted.includes(entry.type))
    throw new PackagerError('source_encrypted', `it is encrypted (${entry.type}); only clear sources can be packaged`);
  const read = readers[entry.type];
  if (read) return read(entry, firstSample);
  const name = names[entry.type] ?? 'a codec that is not known';
  throw new PackagerError(
    'source_unsupported',
    `it is ${name} (sample entry ${JSON.stringify(entry.type)}); ${Object.keys(readers).join(', ')} are supported`,
  );
}

async function avcEntry(entry: ReadBox, firstSample: FirstSample): Promise<SampleEntry> {
  const record = parseAvcRecord(bytesOf(needed(entry, 'avcC')));
  const { sps, pps } = record.sps.length > 0 && record.pps.length > 0 ? record : inBand(record, await firstSample());
  const configuration = avcConfiguration(sps, pps, entry.type === 'avc3');
  return { configuration: { ...configuration, ...readPicture(entry) }, nalLengthSize: record.lengthSize };
}

/** Parameter sets of a sample, beside those of the record. */
function inBand({ lengthSize, sps, pps }: AvcRecord, sample: Uint8Array): Pick<AvcRecord, 'sps' | 'pps'> {
  const sets = { sps: [...sps], pps: [...pps] };
  const reader = new ByteReader(sample);
  while (reader.left > 0) {
    const length = lengthSize === 1 ? reader.u8() : lengthSize === 2 ? reader.u16() : reader.u32();
    const unit = reader.bytes(length);
    const type = (unit[0] ?? 0) & 31;
    if (type === nalType.sps) sets.sps.push(new Uint8Array(unit));
    if (type === nalType.pps) sets.pps.push(new Uint8Array(unit));
  }
  return sets;
}

/** Audio sample entry, ISO/IEC 14496-12 §12.2.3: Hz in 16.16. */
function sampleRate({ payload }: ReadBox): number {
  return payload.getUint16(24);
}

/** objectTypeIndication, ISO/IEC 14496-1 §7.2.6.6 table 5 */
const mpeg4Audio = 0x40;
const mpeg2Audio: readonly number[] = [0x66, 0x67, 0x68];
/** Layers I to III of ISO/IEC 13818-3 and of ISO/IEC 11172-3. */
const mpegLayers: readonly number[] = [0x69, 0x6b];
const objectNames: Readonly<Record<number, string>> = {
  0xa5: 'AC-3',
  0xa6: 'E-AC-3',
  0xa9: 'DTS',
  0xad: 'Opus',
};

/** What describes the codec of a sound, which QuickTime puts into `wave`. @throws MalformedError when it is not there */
function soundBox(entry: ReadBox, type: string): ReadBox {
  return findBox(entry.children, `wave/${type}`) ?? needed(entry, type);
}

/** MPEG-4 audio in `esds`, or MPEG-1 and MPEG-2 audio, which says nothing of itself there. */
async function mp4aEntry(entry: ReadBox, firstSample: FirstSample): Promise<SampleEntry> {
  const { objectType, specificInfo } = parseElementaryStreamDescriptor(bytesOf(soundBox(entry, 'esds')));
  if (objectType === mpeg4Audio || mpeg2Audio.includes(objectType))
    return { configuration: parseAudioSpecificConfig(specificInfo) };
  if (mpegLayers.includes(objectType)) return mpegAudioEntry(firstSample);
  const name = objectNames[objectType] ?? 'neither AAC nor MP3';
  throw new PackagerError(
    'source_unsupported',
    `it is ${name} (mp4a of object type 0x${objectType.toString(16)}); AAC and MP3 are supported`,
  );
}

/** Version, layer and channels are in the header of each frame. */
async function mpegAudioEntry(firstSample: FirstSample): Promise<SampleEntry> {
  const configuration = mpegAudioConfiguration(await firstSample(), 0);
  if (configuration) return { configuration };
  throw new PackagerError('source_invalid', 'it says that it is MP3, and its first sample is no frame of MPEG audio');
}
