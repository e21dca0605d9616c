import { readMediaPlaylist } from '../../src/manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../src/manifest/hls/read-multivariant-playlist.js';
import { readSmil } from '../../src/manifest/smil/read-smil.js';
import { audioFrameReaders } from '../../src/packager/codec/audio-coding.js';
import { takeAdtsFrames } from '../../src/packager/codec/aac/adts-frames.js';
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
import { readText } from '../../src/packager/codec/read-text.js';
import { id3Tags } from '../../src/packager/codec/id3/id3-tag.js';
import { parseSpliceInfo, shiftSplice } from '../../src/packager/codec/scte35/splice-info-section.js';
import { parseVp9Configuration } from '../../src/packager/codec/vp9/vpcc.js';
import { concat } from '../../src/packager/isobmff/box.js';
import { hvcC } from '../../src/packager/isobmff/boxes/hvcc.js';
import { avcC } from '../../src/packager/isobmff/boxes/avcc.js';
import { esds } from '../../src/packager/isobmff/boxes/esds.js';
import { readBoxes } from '../../src/packager/isobmff/box-reader.js';
import { initSegment } from '../../src/packager/isobmff/init-segment.js';
import { mediaSegment } from '../../src/packager/isobmff/media-segment.js';
import { parseAvcRecord } from '../../src/packager/isobmff/read-avcc.js';
import { parseElementaryStreamDescriptor } from '../../src/packager/isobmff/read-esds.js';
import { parseHevcRecord } from '../../src/packager/isobmff/read-hvcc.js';
import type { AudioFraming, NalConfiguration, Track } from '../../src/packager/model/track.js';
import { packedProgram } from '../../src/packager/mpegts/packed-audio.js';
import { parsePesHeader } from '../../src/packager/mpegts/pes.js';
import { parseProgramAssociation, parseProgramMap, SectionAssembler } from '../../src/packager/mpegts/psi.js';
import { indexSource, packageSegment, planPresentation } from '../../src/packager/packager.js';
import { checkManifest } from '../../src/packager/rules/check-manifest.js';
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

/** A parser with inputs that it takes, which are changed until they are bad. */
export interface FuzzedParser {
  readonly seeds: readonly Uint8Array[];
  readonly parse: (bytes: Uint8Array) => unknown;
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const utf8 = (text: string) => new TextEncoder().encode(text);
const asText = (parse: (text: string) => unknown) => (bytes: Uint8Array) => parse(new TextDecoder().decode(bytes));

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
      packageSegment(task, read);
    }
  }
}

function nalUnits(codec: 'avc' | 'hevc', configuration: NalConfiguration) {
  return (bytes: Uint8Array) => {
    nalCodecs[codec].firstPicture(bytes, startCodeFinder(bytes), 0);
    const { slices: found } = splitAccessUnits(bytes, 0, configuration);
    displayOrder(bytes, found, configuration);
  };
}

const mediaPlaylist = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-DEFINE:NAME="a",VALUE="b"
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4",BYTERANGE="10@0"
#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x000102030405060708090A0B0C0D0E0F
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:01Z",DURATION=2.5,X-A="b"
#EXTINF:4.0,
#EXT-X-BYTERANGE:100@10
{$a}.m4s
#EXT-X-DISCONTINUITY
#EXTINF:3.5,
2.m4s
#EXT-X-ENDLIST
`;
const multivariant = `#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="a.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="a"
v.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,URI="i.m3u8"
`;
const mpd = `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT8S" minBufferTime="PT4S">
<Period id="1" start="PT0S" duration="PT8S"><AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true">
<Representation id="v" bandwidth="1000" codecs="avc1.64001f" width="640" height="360"><SegmentTemplate timescale="25" startNumber="1" initialization="i.mp4" media="$Number$.m4s">
<SegmentTimeline><S t="0" d="100" r="1"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period></MPD>`;
const client = `<?xml version="1.0" encoding="UTF-8"?><SmoothStreamingMedia MajorVersion="2" MinorVersion="2" TimeScale="10000000" Duration="80000000">
<StreamIndex Type="video" Name="video" TimeScale="25" Chunks="2" QualityLevels="1" Url="QualityLevels({bitrate})/Fragments(video={start time})">
<QualityLevel Index="0" Bitrate="1000" FourCC="H264" MaxWidth="640" MaxHeight="360" CodecPrivateData="00"/><c t="0" d="100"/><c d="100"/></StreamIndex></SmoothStreamingMedia>`;
const smil = `<smil><head/><body><switch><video src="a.mp4" systemLanguage="eng,fra" audioName="A,B" includeAudio="true,false"/>
<textstream src="a.srt" systemLanguage="eng" subtitleName="English"/></switch></body></smil>`;
const webVtt = `WEBVTT
X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:02.500 line:90% align:start
<v Ann>One <b>two</b> &amp; three
`;
const srt = '1\n00:00:01,000 --> 00:00:02,500\n<i>One</i> two\n\n2\n00:00:03,000 --> 00:00:04,000\nThree\n';
const ttml = `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" xml:lang="en"><head><styling>
<style xml:id="s" tts:color="red" xmlns:tts="http://www.w3.org/ns/ttml#styling"/></styling></head><body><div><p begin="1s" end="00:00:02:12" style="s">One<br/>two</p></div></body></tt>`;

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
  mp4: { seeds: [mp4(), fragmentedMp4(hevc)], parse: (bytes) => packageAll('a.mp4', bytes) },
  'splice-info-section': {
    seeds: spliceSections.valid.map(({ section }) => section),
    parse: (bytes) => [parseSpliceInfo(bytes), shiftSplice(bytes, 900_000)],
  },
  id3: { seeds: [concat(writeId3('a'), writeId3('b'))], parse: id3Tags },
  'packed-audio': {
    seeds: [packAudio(900_000, audioFrames), packAudio(2 ** 32 + 9, audioFrames, { version: 3 })],
    parse: (bytes) => packedProgram(bytes, { base: 0, complete: true }),
  },
  'fragmented-playlist': {
    // A map and its segment in one file: what is wrong with one hits the other.
    seeds: [fragmentedMp4(hevc)],
    parse: (bytes) =>
      packageAll('mem://a/1.mp4', bytes, {
        'mem://a/index.m3u8': '#EXTM3U\n#EXT-X-MAP:URI="1.mp4"\n#EXTINF:1,\n1.mp4\n#EXT-X-ENDLIST\n',
      }),
  },
  psi: { seeds: [patSection([[1, 256]]), pmtSection(videoAndAudio)], parse: sections },
  pes: { seeds: [hex('000001e00000 84c00a 3100010001 1100010001 00')], parse: parsePesHeader },
  adts: {
    seeds: [audioFrames, writeAdtsFrame(new Uint8Array(20), { crc: true })],
    parse: (bytes) => {
      firstFrame(bytes, { from: 0, limit: bytes.length, complete: true });
      takeAdtsFrames(bytes, 0);
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
  avcc: { seeds: [avcC(avc).subarray(8)], parse: parseAvcRecord },
  hvcc: { seeds: [hvcC(hevc).subarray(8)], parse: parseHevcRecord },
  esds: {
    seeds: [esds({ objectType: 0x40, specificInfo: aac.audioSpecificConfig }).subarray(8)],
    parse: parseElementaryStreamDescriptor,
  },
  boxes: { seeds: [mp4(), fragmentedMp4(hevc)], parse: readBoxes },
  'media-playlist': {
    seeds: [utf8(mediaPlaylist)],
    parse: asText((text) => [readMediaPlaylist(text), checkManifest('a.m3u8', text)]),
  },
  'multivariant-playlist': {
    seeds: [utf8(multivariant)],
    parse: asText((text) => [readMultivariantPlaylist(text), checkManifest('a.m3u8', text)]),
  },
  mpd: { seeds: [utf8(mpd)], parse: asText((text) => checkManifest('a.mpd', text)) },
  'client-manifest': { seeds: [utf8(client)], parse: asText((text) => checkManifest('Manifest', text)) },
  smil: { seeds: [utf8(smil)], parse: asText(readSmil) },
  text: { seeds: [utf8(webVtt), utf8(srt), utf8(ttml)], parse: readText },
};
