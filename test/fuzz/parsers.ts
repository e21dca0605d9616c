import { PackagerError } from '../../src/packager/errors.js';
import { audioFrameReaders } from '../../src/packager/codec/audio-coding.js';
import { firstFrame } from '../../src/packager/codec/aac/first-frame.js';
import { parseAudioSpecificConfig } from '../../src/packager/codec/aac/read-audio-specific-config.js';
import { parseAc3Specific, parseEac3Specific } from '../../src/packager/codec/ac3/specific-box.js';
import { parseAv1Configuration } from '../../src/packager/codec/av1/av1c.js';
import { parseFlacSpecific } from '../../src/packager/codec/flac/specific-box.js';
import { avcConfiguration } from '../../src/packager/codec/h264/avc-configuration.js';
import { startCodeFinder } from '../../src/packager/codec/annexb.js';
import { parsePps as parseAvcPps } from '../../src/packager/codec/h264/pps.js';
import { CaptionFinder } from '../../src/packager/codec/captions/caption-finder.js';
import { recoveryFrameCount } from '../../src/packager/codec/h264/sei.js';
import { parseSps as parseAvcSps } from '../../src/packager/codec/h264/sps.js';
import { hevcConfiguration } from '../../src/packager/codec/h265/hevc-configuration.js';
import { parsePps as parseHevcPps } from '../../src/packager/codec/h265/pps.js';
import { displayInformation } from '../../src/packager/codec/h265/sei.js';
import { parseSps as parseHevcSps } from '../../src/packager/codec/h265/sps.js';
import { parseVps } from '../../src/packager/codec/h265/vps.js';
import { displayOrder, nalCodecs, splitAccessUnits } from '../../src/packager/codec/nal-codec.js';
import { parseOpusSpecific } from '../../src/packager/codec/opus/specific-box.js';
import { writeTtml } from '../../src/packager/codec/ttml/write-ttml.js';
import { readTx3gSample } from '../../src/packager/codec/tx3g/read-tx3g-sample.js';
import { readTextDescription } from '../../src/packager/codec/tx3g/sample-description.js';
import { readWvttSample } from '../../src/packager/codec/webvtt/read-wvtt-sample.js';
import { parseVp9Configuration } from '../../src/packager/codec/vp9/vpcc.js';
import { concat } from '../../src/packager/isobmff/box.js';
import { hvcC } from '../../src/packager/isobmff/boxes/hvcc.js';
import { avcC } from '../../src/packager/isobmff/boxes/avcc.js';
import { esds } from '../../src/packager/isobmff/boxes/esds.js';
import { stpp } from '../../src/packager/isobmff/boxes/stpp.js';
import { vttc, wvtt } from '../../src/packager/isobmff/boxes/wvtt.js';
import { readBoxes } from '../../src/packager/isobmff/box-reader.js';
import { initSegment } from '../../src/packager/isobmff/init-segment.js';
import { mediaSegment } from '../../src/packager/isobmff/media-segment.js';
import type { AudioFraming, NalConfiguration, Track } from '../../src/packager/model/track.js';
import { packedProgram } from '../../src/packager/mpegts/packed-audio.js';
import { parseProgramAssociation, parseProgramMap, SectionAssembler } from '../../src/packager/mpegts/psi.js';
import { indexSource, packageSegment, planPresentation } from '../../src/packager/packager.js';
import { type FuzzedParser } from './fuzzed-parser.js';
import { readBack } from './read-back.js';
import { textParsers } from './text-parsers.js';
import { NotWrittenBackError } from './written-back.js';
import { writeAdtsFrame } from '../support/adts-writer.js';
import { annexB, lengthPrefixed, writePps, writeSei, writeSlice, writeSps } from '../support/h264-writer.js';
import {
  hevcDelimiter,
  writeHevcPps,
  writeHevcSei,
  writeHevcSlice,
  writeHevcSps,
  writeHevcVps,
} from '../support/h265-writer.js';
import { frames, pictures } from '../support/made-stream.js';
import { memorySource } from '../support/memory-source.js';
import { packAudio } from '../support/packed-audio-writer.js';
import { aac, avc, elst, writeMp4 } from '../support/mp4-writer.js';
import { rollUp, writeCaptionSei } from '../support/caption-writer.js';
import { styl, tbox, tx3g, tx3gSample } from '../support/text-writer.js';
import { emsgCases } from '../support/emsg-cases.js';
import { spliceMessage, writeEmsg } from '../support/emsg-writer.js';
import { eventfulFile } from '../support/eventful-fragments.js';
import { withEvents } from '../support/eventful-stream.js';
import { spliceSections } from '../support/splice-cases.js';
import { writeId3 } from '../support/splice-writer.js';
import {
  audioPid,
  patSection,
  pmtSection,
  TransportStreamWriter,
  videoAndAudio,
  videoPid,
} from '../support/transport-stream.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const hevcSets = { vps: [writeHevcVps()], sps: [writeHevcSps({ bitDepth: 10 })], pps: [writeHevcPps()], sei: [] };
const hevc = hevcConfiguration(hevcSets, false);
const avcOfStreams = avcConfiguration([writeSps()], [writePps()], false);
const slices = [20, 1, 1, 21, 9, 1].map((type, index) => writeHevcSlice({ type, orderLsb: index * 2 }));
const hevcUnits = [
  hevcDelimiter,
  ...hevcSets.vps,
  ...hevcSets.sps,
  ...hevcSets.pps,
  writeHevcSei([137, [1, 2]]),
  ...slices,
];
const avcUnits = [
  writeSps(),
  writePps(),
  writeSei(0),
  writeSlice({ idr: true }),
  writeSlice({ frameNum: 1, orderLsb: 2 }),
];
const audioFrames = concat(...Array.from({ length: 4 }, (_, index) => frames(4)[index]!.bytes));

function transportStream(): Uint8Array {
  const writer = new TransportStreamWriter().tables();
  for (const { bytes, pts, dts } of pictures(20)) writer.pes(videoPid, bytes, { pts, dts });
  for (const { bytes, pts } of frames(6)) writer.pes(audioPid, bytes, { pts });
  return writer.toBytes();
}

function hevcTransportStream(): Uint8Array {
  const writer = new TransportStreamWriter().tables([{ pid: videoPid, streamType: 0x24 }]);
  const sets = [hevcDelimiter, ...hevcSets.vps, ...hevcSets.sps, ...hevcSets.pps];
  for (const [index, slice] of slices.entries())
    writer.pes(videoPid, annexB([...(index % 3 === 0 ? sets : []), slice]), { pts: 90_000 + index * 3600 });
  return writer.toBytes();
}

const somewhere = { left: 0, top: 0, width: 10, height: 10, pictureWidth: 10, pictureHeight: 20 };
const timed = { kind: 'text', timescale: 1000 } as const;
const styledText = tx3gSample('a text', styl([2, 6, 3, 0xffff_00ff]), tbox(0, 0, 10, 10));
const cue = { id: '1', settings: 'line:0', text: 'a <i>text</i>' };

function mp4(): Uint8Array {
  const picture = (idr: boolean) => ({ data: lengthPrefixed([writeSlice({ idr })]), duration: 512, sync: idr });
  return writeMp4([
    {
      id: 1,
      kind: 'video',
      timescale: 12_800,
      samples: [true, false, true, false].map(picture),
      edits: elst(0, [160, 0]),
    },
    {
      id: 2,
      kind: 'audio',
      timescale: 48_000,
      samples: Array.from({ length: 6 }, () => ({ data: hex('010203'), duration: 1024 })),
    },
    { ...timed, id: 3, entry: tx3g(), samples: [{ data: styledText, duration: 100 }] },
    { ...timed, id: 4, entry: wvtt('WEBVTT'), samples: [{ data: vttc(cue), duration: 100 }] },
    {
      ...timed,
      id: 5,
      entry: stpp(),
      samples: [{ data: new TextEncoder().encode(writeTtml([{ start: 0, end: 90, ...cue }])), duration: 100 }],
    },
  ]);
}

function fragmentedMp4(configuration: NalConfiguration): Uint8Array {
  const track: Track = { kind: 'video', pid: 1, timescale: 25, decodeShift: 0, configuration };
  const data = [slices[0]!, slices[1]!].map((slice) => lengthPrefixed([slice]));
  const samples = {
    data,
    sizes: data.map(({ length }) => length),
    decodeTimes: [0, 1],
    compositionOffsets: [0, 0],
    sync: [true, false],
  };
  return concat(initSegment(track), ...mediaSegment({ sequenceNumber: 1, samples, end: 2 }));
}

/** With all that is carried beside picture and sound. */
function eventfulTransportStream(): Uint8Array {
  const splices = spliceSections.valid.map(({ section }) => ({
    format: 'scte35' as const,
    at: 130_000,
    data: section,
  }));
  const [stream = new Uint8Array()] = withEvents(
    [transportStream()],
    [...splices, { format: 'id3', at: 150_000, data: writeId3('a') }],
  );
  return stream;
}

/** Fragments with event messages of both versions, of what is carried and what is not. */
function eventfulFragments(): Uint8Array {
  const splices = spliceSections.valid.map(({ section }, id) =>
    writeEmsg({ ...spliceMessage, id, version: 0, time: 500, data: section }),
  );
  return eventfulFile({
    0: splices,
    1: [writeEmsg({ time: 13_000, data: writeId3('a') }), writeEmsg({ schemeIdUri: 'urn:a' })],
  });
}

const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true, AdMarkers: 'SCTE35_ENHANCED' as const }];
const configurations = [
  { Id: 'cmaf', CmafPackage: { HlsManifests } },
  { Id: 'hls', HlsPackage: { HlsManifests, UseAudioRenditionGroup: true } },
];

/** From bytes to segments: everything that a job does with them. */
async function packageAll(name: string, bytes: Uint8Array, others: Record<string, string> = {}): Promise<void> {
  const reader = memorySource({ [name]: bytes, ...others });
  const index = await indexSource(reader, Object.keys(others)[0] ?? name);
  for (const configuration of configurations) {
    for (const task of planPresentation(index, configuration).tasks) {
      const read: Uint8Array[] = [];
      for (const range of task.reads) read.push(await reader.read(range));
      for (const { name: written, data } of packageSegment(task, read)) await readSegment(written, concat(...data));
    }
  }
}

/** A segment that was written of what could be read can be read itself: packets with their PES, boxes. */
async function readSegment(name: string, bytes: Uint8Array): Promise<void> {
  try {
    if (name.endsWith('.ts')) await indexSource(memorySource({ [name]: bytes }), name);
    else if (name.endsWith('.m4s') || name.endsWith('.mp4')) readBoxes(bytes);
  } catch (error) {
    // Samples of an MP4 go over unread: what a transport stream's reader sees in them (layers of HEVC) and does not package is well written all the same.
    if (error instanceof PackagerError && error.code === 'source_unsupported') return;
    throw new NotWrittenBackError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function nalUnits(codec: 'avc' | 'hevc', configuration: NalConfiguration) {
  return (bytes: Uint8Array) => {
    nalCodecs[codec].firstPicture(bytes, startCodeFinder(bytes), 0);
    const { slices: found } = splitAccessUnits(bytes, 0, configuration);
    displayOrder(bytes, found, configuration);
  };
}

/** Finds, describes and takes apart frames of sound. */
function soundFrames(framing: AudioFraming) {
  return (bytes: Uint8Array) => {
    const { first, coding, take } = audioFrameReaders[framing];
    const at = first(bytes, { from: 0, limit: bytes.length, complete: true });
    if (at !== undefined && at >= 0) coding(bytes, at);
    take(bytes, 0);
  };
}

const sections = (bytes: Uint8Array) => {
  for (const section of new SectionAssembler().add(Uint8Array.of(0, ...bytes), true)) {
    parseProgramAssociation(section);
    parseProgramMap(section);
  }
};

/** Every parser of the packager and of the manifests, by the name that `npm run fuzz` takes. */
export const parsers: Readonly<Record<string, FuzzedParser>> = {
  'transport-stream': {
    seeds: [transportStream(), hevcTransportStream(), eventfulTransportStream()],
    parse: (bytes) => packageAll('a.ts', bytes),
  },
  mp4: {
    seeds: [mp4(), fragmentedMp4(hevc), eventfulFragments()],
    parse: (bytes) => packageAll('a.mp4', bytes),
  },
  emsg: {
    seeds: emsgCases.valid.map(({ bytes }) => bytes),
    broken: emsgCases.broken.map(({ bytes }) => bytes),
    parse: readBack.emsg,
  },
  'splice-info-section': {
    seeds: spliceSections.valid.map(({ section }) => section),
    broken: spliceSections.broken.map(({ section }) => section),
    parse: readBack.splice,
  },
  id3: { seeds: [concat(writeId3('a'), writeId3('b'))], parse: readBack.id3 },
  'packed-audio': {
    seeds: [packAudio(900_000, audioFrames), packAudio(2 ** 32 + 9, audioFrames, { version: 3 })],
    parse: (bytes) => packedProgram(bytes, { base: 0, complete: true }),
  },
  'fragmented-playlist': {
    // A map and its segment in one file: what is wrong with one hits the other.
    seeds: [fragmentedMp4(hevc), eventfulFragments()],
    parse: (bytes) =>
      packageAll('mem://a/1.mp4', bytes, {
        'mem://a/index.m3u8': '#EXTM3U\n#EXT-X-MAP:URI="1.mp4"\n#EXTINF:1,\n1.mp4\n#EXT-X-ENDLIST\n',
      }),
  },
  psi: { seeds: [patSection([[1, 256]]), pmtSection(videoAndAudio)], parse: sections },
  pes: { seeds: [hex('000001e00000 84c00a 3100010001 1100010001 00')], parse: readBack.pes },
  adts: {
    seeds: [audioFrames, writeAdtsFrame(new Uint8Array(20), { crc: true })],
    parse: (bytes) => {
      firstFrame(bytes, { from: 0, limit: bytes.length, complete: true });
      readBack.adts(bytes);
    },
  },
  'h264-nal': { seeds: [annexB(avcUnits), annexB(avcUnits, () => true)], parse: nalUnits('avc', avcOfStreams) },
  'h264-sps': { seeds: [writeSps(), writeSps({ profile: 100, scalingLists: true, orderType: 1 })], parse: parseAvcSps },
  'h264-pps': { seeds: [writePps()], parse: parseAvcPps },
  'cc-data': {
    seeds: [writeCaptionSei([...rollUp(0, 1), ...rollUp(1, 2), [3, 0x03, 0x21], [2, 0x41, 0xe1], [2, 0x0a, 0x41]])],
    parse: (bytes) => {
      const finder = new CaptionFinder();
      for (const codec of ['avc', 'hevc'] as const) finder.add(bytes, codec);
      return finder.found;
    },
  },
  'h264-sei': { seeds: [writeSei(), writeSei(3)], parse: recoveryFrameCount },
  'h265-nal': { seeds: [annexB(hevcUnits), annexB(hevcUnits, () => true)], parse: nalUnits('hevc', hevc) },
  'h265-vps': { seeds: hevcSets.vps, parse: parseVps },
  'h265-sps': {
    seeds: [
      writeHevcSps({ scalingLists: true, pcm: true, subLayers: 2 }),
      writeHevcSps({ longTermPictures: 3 }),
      ...hevcSets.sps,
    ],
    parse: parseHevcSps,
  },
  'h265-pps': { seeds: hevcSets.pps, parse: parseHevcPps },
  'h265-sei': {
    seeds: [writeHevcSei([137, [1, 2, 3]], [144, [1, 2, 3, 4]])],
    parse: (bytes) => displayInformation([bytes]),
  },
  'dolby-frames': {
    // Two frames of E-AC-3, and one of AC-3.
    seeds: [hex('0b770003348000ff 0b770003348000ff'), concat(hex('0b7700000840e1ff'), new Uint8Array(248))],
    parse: soundFrames('dolby'),
  },
  latm: {
    seeds: [hex('56e009 20001190 1fe01555d8 56e003 80aa80')],
    parse: soundFrames('latm'),
  },
  'mpeg-audio': { seeds: [concat(hex('ffff1400'), new Uint8Array(28))], parse: soundFrames('mpeg') },
  'ac-3': { seeds: [hex('50 31 c0')], parse: parseAc3Specific },
  'e-ac-3': { seeds: [hex('0600 20 0f 00')], parse: (bytes) => parseEac3Specific(bytes, 48_000) },
  'audio-specific-config': { seeds: [hex('1190'), hex('2b92 08 00')], parse: parseAudioSpecificConfig },
  av1c: { seeds: [hex('81 04 0c 00 0a 0b 00 00 00 04 3c ff bc db f9 80 40')], parse: parseAv1Configuration },
  vpcc: { seeds: [hex('01000000 02 33 a2 091009 0000')], parse: parseVp9Configuration },
  dops: { seeds: [hex('00 06 0138 0000bb80 0000 01 04 02 000401020305')], parse: parseOpusSpecific },
  dfla: {
    seeds: [hex('00000000 80000022 1000 1000 000000 000000 0bb80 170 000000000 00000000000000000000000000000000')],
    parse: parseFlacSpecific,
  },
  avcc: { seeds: [avcC(avc).subarray(8)], parse: readBack.avcRecord },
  hvcc: { seeds: [hvcC(hevc).subarray(8)], parse: readBack.hevcRecord },
  esds: {
    seeds: [esds({ objectType: 0x40, specificInfo: aac.audioSpecificConfig }).subarray(8)],
    parse: readBack.streamDescriptor,
  },
  'sample of wvtt': { seeds: [vttc(cue)], parse: (bytes) => readWvttSample(bytes, { start: 0, end: 1 }) },
  'sample of tx3g': {
    seeds: [styledText],
    parse: (bytes) => readTx3gSample(bytes, readTextDescription(tx3g().subarray(8)), somewhere),
  },
  'description of tx3g': { seeds: [tx3g().subarray(8)], parse: readTextDescription },
  boxes: { seeds: [mp4(), fragmentedMp4(hevc)], parse: readBack.boxes },
  ...textParsers,
};
