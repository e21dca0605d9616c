import type { MediaPlaylist } from '../../src/manifest/hls/media-playlist.js';
import type { MultivariantPlaylist } from '../../src/manifest/hls/multivariant-playlist.js';
import { readMediaPlaylist } from '../../src/manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../src/manifest/hls/read-multivariant-playlist.js';
import { writeMediaPlaylist } from '../../src/manifest/hls/write-media-playlist.js';
import { writeMultivariantPlaylist } from '../../src/manifest/hls/write-multivariant-playlist.js';
import { readSmil } from '../../src/manifest/smil/read-smil.js';
import { type ReadElement, readXml } from '../../src/manifest/xml-reader.js';
import { element, writeXml, type XmlElement } from '../../src/manifest/xml.js';
import { readText } from '../../src/packager/codec/read-text.js';
import { readTtml } from '../../src/packager/codec/ttml/read-ttml.js';
import { writeTtml } from '../../src/packager/codec/ttml/write-ttml.js';
import { readWebVtt } from '../../src/packager/codec/webvtt/read-webvtt.js';
import { writeWebVtt } from '../../src/packager/codec/webvtt/write-webvtt.js';
import type { TextDocument } from '../../src/packager/model/text.js';
import { checkManifest } from '../../src/packager/rules/check-manifest.js';
import { mpds } from '../support/mpd-cases.js';
import { brokenMediaPlaylists, brokenMultivariantPlaylists, ladder } from '../support/playlist-cases.js';
import { brokenSmil, smilDocument } from '../support/smil-cases.js';
import { srtCases, ttmlBroken, ttmlCases, webVttBroken, webVttCases } from '../support/text-cases.js';
import { asText, type FuzzedParser, utf8 } from './fuzzed-parser.js';
import { writtenBack } from './written-back.js';

const mediaPlaylist = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-DEFINE:NAME="a",VALUE="b"
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4",BYTERANGE="10@0"
#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x000102030405060708090A0B0C0D0E0F
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:01Z",DURATION=2.5,X-A="b"
#EXT-X-CUE-OUT:30
#EXTINF:4.0,
#EXT-X-BYTERANGE:100@10
{$a}.m4s
#EXT-X-DISCONTINUITY
#EXT-X-KEY:METHOD=NONE
#EXT-X-MAP:URI="init2.mp4"
#EXT-X-GAP
#EXTINF:3.5,
2.m4s
#EXT-X-ENDLIST
`;
const multivariant = `#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="a.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",FORCED=YES,URI="s.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="a",VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE
v.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,URI="i.m3u8"
`;
const client = `<?xml version="1.0" encoding="UTF-8"?><SmoothStreamingMedia MajorVersion="2" MinorVersion="2" TimeScale="10000000" Duration="80000000">
<StreamIndex Type="video" Name="video" TimeScale="25" Chunks="2" QualityLevels="1" Url="QualityLevels({bitrate})/Fragments(video={start time})">
<QualityLevel Index="0" Bitrate="1000" FourCC="H264" MaxWidth="640" MaxHeight="360" CodecPrivateData="00"/><c t="0" d="100"/><c d="100"/></StreamIndex></SmoothStreamingMedia>`;
const smil = smilDocument(
  '<switch><video src="a.mp4" systemLanguage="eng,fra" audioName="A,B" includeAudio="true,false"/><textstream src="a.srt" systemLanguage="eng" subtitleName="English"/></switch>',
);

/** Times as they are written: to the microsecond; lines are of the text, not of the playlist. */
function playlistOf(text: string): MediaPlaylist {
  const playlist = readMediaPlaylist(text);
  return {
    ...playlist,
    segments: playlist.segments.map(({ line: _, ...segment }) => ({
      ...segment,
      duration: Number(segment.duration.toFixed(6)),
    })),
  };
}

/** Rates as they are written: to three places. Variables are in their places already. */
function multivariantOf(text: string): Omit<MultivariantPlaylist, 'variables'> {
  const { version, independentSegments, media, iFrameVariants, variants } = readMultivariantPlaylist(text);
  return {
    ...{ version, independentSegments, media, iFrameVariants },
    variants: variants.map((variant) => ({
      ...variant,
      ...(variant.frameRate !== undefined && { frameRate: Number(variant.frameRate.toFixed(3)) }),
    })),
  };
}

/** All but the lines. */
function elementOf(text: string): Omit<ReadElement, 'line'> {
  const plain = ({ line: _, ...read }: ReadElement): Omit<ReadElement, 'line'> => ({
    ...read,
    attributes: { ...read.attributes },
    children: read.children.map((child) => plain(child) as ReadElement),
  });
  return plain(readXml(text));
}

function xmlOf({ name, prefix, attributes, children, text }: Omit<ReadElement, 'line'>): XmlElement {
  return element(
    prefix === undefined ? name : `${prefix}:${name}`,
    attributes,
    ...(text === '' ? [] : [text]),
    ...children.map(xmlOf),
  );
}

/** Any text comes as the cues of WebVTT, and as those it must be written: to the millisecond. One without end is clipped by the media before it is written. */
function cuesOf(bytes: Uint8Array): TextDocument['cues'] {
  return readText(bytes)
    .cues.map((cue) => ({ ...cue, start: toMillisecond(cue.start), end: toMillisecond(cue.end) }))
    .filter(({ start, end }) => start < end && end < Infinity);
}

const toMillisecond = (ticks: number) => Math.round(ticks / 90) * 90;

const readBack = {
  mediaPlaylist: writtenBack(playlistOf, writeMediaPlaylist),
  multivariant: writtenBack(multivariantOf, writeMultivariantPlaylist),
  xml: writtenBack(elementOf, (read) => writeXml(xmlOf(read))),
  cues: writtenBack(cuesOf, (cues) => utf8(writeWebVtt({ styles: [], regions: [], cues }))),
  webVtt: writtenBack(
    (text: string) => {
      const { styles, regions, cues, timestampMap } = readWebVtt(text);
      return { styles, regions, cues, mpegts: timestampMap.mpegts };
    },
    ({ mpegts, ...document }) => writeWebVtt(document, mpegts),
  ),
};

/** TTML keeps times and says a place in other words: what is read of it has the same times as what was written. */
function ttmlTimes(bytes: Uint8Array): void {
  const cues = cuesOf(bytes).filter(({ text }) => /\w/.test(text.replace(/<[^>]*>/g, '')));
  writtenBack(
    (read: TextDocument['cues']) => read.map(({ start, end }) => [start, end]),
    (times) => {
      const written = readTtml(writeTtml(cues)).cues;
      return written.length === times.length ? written : [];
    },
  )(cues);
}

const texts = (list: readonly (readonly [string, string, ...unknown[]])[]) => list.map(([, text]) => utf8(text));

/** What is text: playlists, XML and its vocabularies, subtitles. */
export const textParsers: Readonly<Record<string, FuzzedParser>> = {
  'media-playlist': {
    seeds: [utf8(mediaPlaylist)],
    broken: brokenMediaPlaylists.map(([rest]) => utf8(`#EXTM3U\n${rest}`)),
    parse: asText((text) => [readBack.mediaPlaylist(text), checkManifest('a.m3u8', text)]),
  },
  'multivariant-playlist': {
    seeds: [utf8(multivariant), utf8(ladder)],
    broken: brokenMultivariantPlaylists.map(([text]) => utf8(text)),
    parse: asText((text) => [readBack.multivariant(text), checkManifest('a.m3u8', text)]),
  },
  mpd: {
    seeds: mpds.valid.map(({ text }) => utf8(text)),
    broken: mpds.broken.map(({ text }) => utf8(text)),
    parse: asText((text) => [readBack.xml(text), checkManifest('a.mpd', text)]),
  },
  'client-manifest': {
    seeds: [utf8(client)],
    parse: asText((text) => [readBack.xml(text), checkManifest('Manifest', text)]),
  },
  smil: { seeds: [utf8(smil)], broken: texts(brokenSmil), parse: asText(readSmil) },
  'web-vtt': {
    seeds: texts(webVttCases),
    broken: webVttBroken.slice(0, -1).map(([text]) => utf8(text)),
    parse: asText(readBack.webVtt),
  },
  'sub-rip': { seeds: texts(srtCases.filter(([, text]) => text !== '')), parse: readBack.cues },
  ttml: {
    seeds: texts(ttmlCases),
    broken: texts(ttmlBroken),
    parse: (bytes) => [readBack.cues(bytes), ttmlTimes(bytes)],
  },
};
