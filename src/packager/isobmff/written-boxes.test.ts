import { describe, expect, it } from 'vitest';
import { parseAv1Configuration } from '../codec/av1/av1c.js';
import { parseFlacSpecific } from '../codec/flac/specific-box.js';
import { parseOpusSpecific } from '../codec/opus/specific-box.js';
import { parseAc3Specific, parseEac3Specific } from '../codec/ac3/specific-box.js';
import { parseVp9Configuration } from '../codec/vp9/vpcc.js';
import { concat } from './box.js';
import { boxesOf, findBox, readBoxes } from './box-reader.js';
import { ByteReader } from '../bits/byte-reader.js';
import { emsg } from './boxes/emsg.js';
import { esds } from './boxes/esds.js';
import { tfdt } from './boxes/tfdt.js';
import { trun } from './boxes/trun.js';
import { parseEditList } from './edit-list.js';
import { initSegment } from './init-segment.js';
import { mediaSegment } from './media-segment.js';
import type { CodecConfiguration, Track } from '../model/track.js';
import type { HevcConfiguration } from '../model/video.js';

/**
 * Boxes byte by byte, each worked out by hand from the sections that are named: probes show what they understood, not what was written.
 * A line is a box or a row of its fields; sizes are counted from the fields.
 */
const hex = (...lines: readonly string[]) => lines.join('').replaceAll(' ', '');
const written = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(hex(text), 'hex'));

const track = (configuration: CodecConfiguration): Track =>
  ({
    ...{ kind: 'width' in configuration ? 'video' : 'audio', pid: 1, timescale: 48_000, configuration },
    ...{ decodeShift: 0, jitter: 0, fingerprint: '' },
  }) as Track;

/** The sample entry with its header. */
function sampleEntry(configuration: CodecConfiguration): string {
  const bytes = initSegment(track(configuration));
  const [entry] = findBox(readBoxes(bytes), 'moov/trak/mdia/minf/stbl/stsd')?.children ?? [];
  if (!entry) throw new Error('no sample entry');
  return written(bytes.subarray(entry.offset, entry.offset + entry.size));
}

const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex');

describe('a media segment, ISO/IEC 14496-12 §8.8, byte by byte', () => {
  const samples = {
    data: [bytesOf('01'), bytesOf('0202'), bytesOf('030303')],
    sizes: [1, 2, 3],
    decodeTimes: [90_000, 93_000, 96_000],
    compositionOffsets: [0, 0, 0],
    sync: [true, false, false],
  };
  const styp = hex('00000018', ascii('styp'), ascii('msdh'), '00000000', ascii('msdhcmfs'));

  it('that begins with its only key picture', () => {
    expect(written(concat(...mediaSegment({ sequenceNumber: 5, samples, end: 99_000 })))).toBe(
      hex(
        styp,
        `00000070 ${ascii('moof')}`,
        `  00000010 ${ascii('mfhd')} 00000000 00000005`,
        `  00000058 ${ascii('traf')}`,
        // default-base-is-moof, default duration and flags: others depend on them, and are no sync samples
        `    00000018 ${ascii('tfhd')} 00 020028 00000001 00000bb8 01010000`,
        `    00000014 ${ascii('tfdt')} 01 000000 0000000000015f90`,
        // data offset (0x1), first sample's flags (0x4), sizes (0x200); data begin 8 bytes behind moof
        `    00000024 ${ascii('trun')} 01 000205 00000003 00000078 02000000 00000001 00000002 00000003`,
        `0000000e ${ascii('mdat')} 01 0202 030303`,
      ),
    );
  });

  it('that holds several groups of pictures, presented out of order', () => {
    const several = { ...samples, sync: [true, false, true], compositionOffsets: [0, -1, 258] };
    expect(written(concat(...mediaSegment({ sequenceNumber: 1, samples: several, end: 99_000 })))).toBe(
      hex(
        styp,
        `00000080 ${ascii('moof')}`,
        `  00000010 ${ascii('mfhd')} 00000000 00000001`,
        `  00000068 ${ascii('traf')}`,
        `    00000014 ${ascii('tfhd')} 00 020008 00000001 00000bb8`,
        `    00000014 ${ascii('tfdt')} 01 000000 0000000000015f90`,
        // data offset, then size (0x200), flags (0x400) and signed composition offset (0x800) of each
        `    00000038 ${ascii('trun')} 01 000e01 00000003 00000088`,
        '      00000001 02000000 00000000',
        '      00000002 01010000 ffffffff',
        '      00000003 02000000 00000102',
        `0000000e ${ascii('mdat')} 01 0202 030303`,
      ),
    );
  });

  it.each([
    [
      'with nothing but where the data is',
      { sampleCount: 1, dataOffset: 8 },
      '00000014 7472756e 01 000001 00000001 00000008',
    ],
    [
      'with durations alone',
      { sampleCount: 2, dataOffset: 8, durations: [1024, 960] },
      '0000001c 7472756e 01 000101 00000002 00000008 00000400 000003c0',
    ],
    [
      'with all columns, in the order of §8.8.8.2',
      { sampleCount: 1, dataOffset: 8, durations: [1], sizes: [2], flags: [0x0200_0000], compositionOffsets: [-3] },
      '00000024 7472756e 01 000f01 00000001 00000008 00000001 00000002 02000000 fffffffd',
    ],
  ])('trun %s', (_, run, expected) => {
    expect(written(trun(run))).toBe(hex(expected));
  });

  it('tfdt, §8.8.12, beyond 32 bits', () => {
    expect(written(tfdt(2 ** 33 + 1))).toBe(hex('00000014 74666474 01 000000 0000000200000001'));
  });

  it('emsg of version 1, ISO/IEC 23009-1 §5.10.3.3', () => {
    const { schemeIdUri, value } = { schemeIdUri: 'https://aomedia.org/emsg/ID3', value: '0' };
    expect(written(emsg({ schemeIdUri, value, timescale: 90_000, time: 900_000, data: bytesOf('494433') }))).toBe(
      hex(
        `00000042 ${ascii('emsg')} 01 000000`,
        // timescale, time, duration that is not known, and as id the CRC-32/MPEG-2 of time and data
        '00015f90 00000000000dbba0 ffffffff 994d7fc0',
        `${ascii('https://aomedia.org/emsg/ID3')}00 ${ascii('0')}00 494433`,
      ),
    );
  });
});

describe('an initialization segment of AAC, byte by byte', () => {
  const matrix = '00010000 00000000 00000000  00000000 00010000 00000000  00000000 00000000 40000000';
  const configuration: CodecConfiguration = {
    ...{ codec: 'aac', codecString: 'mp4a.40.2', audioSpecificConfig: bytesOf('1190') },
    ...{ sampleRate: 48_000, channels: 2, frameLength: 1024 },
  };

  it('has the boxes of ISO/IEC 14496-12 §8 and nothing else', () => {
    expect(written(initSegment(track(configuration)))).toBe(
      hex(
        `0000001c ${ascii('ftyp')} ${ascii('iso6')} 00000000 ${ascii('iso6cmfccmf2')}`,
        `0000023d ${ascii('moov')}`,
        // §8.2.2: times of creation, timescale, duration, rate 1, volume 1, reserved, matrix, pre_defined, next track
        `  0000006c ${ascii('mvhd')} 00 000000 00000000 00000000 0000bb80 00000000 00010000 0100 ${'00'.repeat(10)}`,
        `    ${matrix} ${'00'.repeat(24)} 00000002`,
        `  000001a1 ${ascii('trak')}`,
        // §8.3.2: enabled, in movie, in preview; times, track, reserved, duration, reserved, layer, group, volume 1, reserved, matrix, size
        `    0000005c ${ascii('tkhd')} 00 000007 00000000 00000000 00000001 00000000 00000000 ${'00'.repeat(8)}`,
        `      0000 0000 0100 0000 ${matrix} 00000000 00000000`,
        `    0000013d ${ascii('mdia')}`,
        // §8.4.2: times, timescale, duration, "und" in letters of five bits, pre_defined
        `      00000020 ${ascii('mdhd')} 00 000000 00000000 00000000 0000bb80 00000000 55c4 0000`,
        // §8.4.3: pre_defined, handler, reserved, name
        `      00000026 ${ascii('hdlr')} 00 000000 00000000 ${ascii('soun')} ${'00'.repeat(12)} ${ascii('audio')}00`,
        `      000000ef ${ascii('minf')}`,
        `        00000010 ${ascii('smhd')} 00 000000 0000 0000`,
        `        00000024 ${ascii('dinf')} 0000001c ${ascii('dref')} 00 000000 00000001 0000000c ${ascii('url ')} 00 000001`,
        `        000000b3 ${ascii('stbl')}`,
        `          00000067 ${ascii('stsd')} 00 000000 00000001`,
        // §12.2.3: reserved, data reference, reserved, channels, bits, pre_defined, reserved, rate in 16.16
        `            00000057 ${ascii('mp4a')} ${'00'.repeat(6)} 0001 ${'00'.repeat(8)} 0002 0010 0000 0000 bb800000`,
        // ISO/IEC 14496-1 §7.2.6: ES_Descriptor, DecoderConfigDescriptor, DecoderSpecificInfo, SLConfigDescriptor
        `              00000033 ${ascii('esds')} 00 000000 03 80808022 0000 00 04 80808014 40 15 000000 00000000 00000000`,
        '                05 80808002 1190 06 80808001 02',
        `          00000010 ${ascii('stts')} 00 000000 00000000 00000010 ${ascii('stsc')} 00 000000 00000000`,
        `          00000014 ${ascii('stsz')} 00 000000 00000000 00000000 00000010 ${ascii('stco')} 00 000000 00000000`,
        // §8.8.3: track, sample description, duration, size, flags
        `  00000028 ${ascii('mvex')} 00000020 ${ascii('trex')} 00 000000 00000001 00000001 00000000 00000000 00000000`,
      ),
    );
  });

  it('esds, ISO/IEC 14496-1 §8.3.3, has sizes of seven bits to a byte', () => {
    const specificInfo = new Uint8Array(200).fill(0x2a);
    expect(written(esds({ objectType: 0x40, specificInfo }))).toBe(
      hex(
        `000000f9 ${ascii('esds')} 00 000000`,
        '03 80808168 0000 00', // 232 bytes
        '04 8080815a 40 15 000000 00000000 00000000', // 218
        `05 80808148 ${'2a'.repeat(200)}`,
        '06 80808001 02',
      ),
    );
  });
});

describe('a sample entry, byte by byte', () => {
  const size = { width: 640, height: 360, sampleAspectRatio: [1, 1] } as const;
  const colour = { primaries: 9, transfer: 16, matrix: 9, fullRange: true };
  /** §12.2.3 from behind the header up to the codec's box. */
  const sound = (channels: string, rate: string) =>
    hex('00'.repeat(6), '0001', '00'.repeat(8), channels, '0010 0000 0000', rate);
  /** §12.1.3: 640 by 360 at 72 pixels to the inch, one frame to a sample, no name, 24 bits deep. */
  const picture = hex(
    ...['00'.repeat(6), '0001', '00'.repeat(16), '0280 0168 00480000 00480000 00000000 0001'],
    ...['00'.repeat(32), '0018 ffff'],
  );
  const av1C = '81 04 0c 00 0a 0b 00 00 00 04 3c ff bc db f9 80 40';
  const flac = `00000000 80000022 1000 1000 000000 000000 0ac442f 000000000 ${'00'.repeat(16)}`;

  it.each<[name: string, configuration: CodecConfiguration, expected: readonly string[]]>([
    [
      'dac3, ETSI TS 102 366 §F.4: 48 kHz, bsid 8, 3/2 with LFE, 448 kbit/s',
      parseAc3Specific(bytesOf('10 3d e0')),
      [`0000002f ${ascii('ac-3')}`, sound('0006', 'bb800000'), `0000000b ${ascii('dac3')} 10 3d e0`],
    ],
    [
      'dec3, ETSI TS 102 366 §F.6: 192 kbit/s, one substream of 48 kHz, bsid 16, 3/2 with LFE',
      parseEac3Specific(bytesOf('06 00 20 0f 00'), 48_000),
      [`00000031 ${ascii('ec-3')}`, sound('0006', 'bb800000'), `0000000d ${ascii('dec3')} 06 00 20 0f 00`],
    ],
    [
      'dOps, Encapsulation of Opus in ISOBMFF §4.3.2: a box without version and flags',
      parseOpusSpecific(bytesOf('00 02 0138 0000bb80 0000 00')),
      [`00000037 ${ascii('Opus')}`, sound('0002', 'bb800000'), `00000013 ${ascii('dOps')} 00 02 0138 0000bb80 0000 00`],
    ],
    [
      'dfLa, Encapsulation of FLAC in ISOBMFF §3.3.2: version, flags, STREAMINFO of 44.1 kHz, stereo, 16 bits',
      parseFlacSpecific(bytesOf(flac)),
      [`00000056 ${ascii('fLaC')}`, sound('0002', 'ac440000'), `00000032 ${ascii('dfLa')} ${flac}`],
    ],
    [
      'av1C, AV1 in ISOBMFF §2.3: a box without version and flags',
      { ...parseAv1Configuration(bytesOf(av1C)), ...size },
      [`0000006f ${ascii('av01')}`, picture, `00000019 ${ascii('av1C')} ${av1C}`],
    ],
    [
      'vpcC, VP Codec in ISOBMFF: version 1, profile 2, level 5.1, 10 bits, 4:2:0, and colr of ISO/IEC 14496-12 §12.1.5',
      { ...parseVp9Configuration(bytesOf('01000000 02 33 a3 091009 0000')), ...size, colour },
      [
        `0000007d ${ascii('vp09')}`,
        picture,
        `00000014 ${ascii('vpcC')} 01 000000 02 33 a3 09 10 09 0000`,
        `00000013 ${ascii('colr')} ${ascii('nclx')} 0009 0010 0009 80`,
      ],
    ],
  ])('%s', (_, configuration, expected) => {
    expect(sampleEntry(configuration)).toBe(hex(...expected));
  });

  it('hvcC, ISO/IEC 14496-15 §8.3.3.1.2: Main 10 of level 4.1, two temporal layers, sets complete', () => {
    const configuration: HevcConfiguration = {
      codec: 'hevc',
      codecString: 'hvc1.2.4.L123.B0',
      parameterSetsInBand: false,
      ...size,
      vps: [bytesOf('4001 0c')],
      sps: [bytesOf('4201 01 02')],
      pps: [bytesOf('4401 c0'), bytesOf('4401 42')],
      profileTierLevel: bytesOf('02 20000000 b00000000000 7b'),
      chromaFormat: 1,
      bitDepthLuma: 10,
      bitDepthChroma: 10,
      temporalLayers: 2,
      temporalIdNested: true,
    };
    expect(sampleEntry(configuration)).toBe(
      hex(
        `00000093 ${ascii('hvc1')} ${picture} 0000003d ${ascii('hvcC')}`,
        '01 02 20000000 b00000000000 7b', // version; profile space, tier and profile; compatibility; constraints; level
        'f000 fc fd fa fa 0000', // segmentation, parallelism, chroma 4:2:0, 10 bits twice, frame rate not said
        '17 03', // constant frame rate 0, 2 layers, nested, lengths of 4 bytes; 3 arrays
        'a0 0001 0003 40010c', // array_completeness and NAL unit type 32
        'a1 0001 0004 42010102',
        'a2 0002 0003 4401c0 0003 440142',
      ),
    );
  });
});

describe('an edit list, ISO/IEC 14496-12 §8.6.6, byte by byte', () => {
  // Reelway writes none: CMAF segments begin where tfdt says. It reads those of sources.
  it.each([
    ['version 0', '00 000000 00000002 000003e8 ffffffff 0001 0000 00001388 00000400 0001 0000', 1000, 5000],
    [
      'version 1',
      '01 000000 00000002 0000000200000000 ffffffffffffffff 0001 0000 0000000100000000 0000000000000400 0001 0000',
      2 ** 33,
      2 ** 32,
    ],
  ])('of %s', (_, payload, delay, duration) => {
    expect(parseEditList(new ByteReader(bytesOf(payload)))).toEqual({ delay, mediaTime: 1024, duration });
  });

  it('is in no segment that is written', () => {
    const boxes = readBoxes(initSegment(track(parseOpusSpecific(bytesOf('00 02 0138 0000bb80 0000 00')))));
    expect(boxesOf(findBox(boxes, 'moov/trak')?.children ?? [], 'edts')).toEqual([]);
  });
});
