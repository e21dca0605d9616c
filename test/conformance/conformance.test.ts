import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { judge, judgeThroughManifest, measureSource } from './judge.js';
import { findEndpoints } from './result.js';
import { makeSource, type SourceOptions } from './source.js';

/** 90 kHz ticks. ffmpeg guesses the time stamps of the frames within a PES packet, and a 90 kHz tick is less than one of the track. */
const guessed = 3;
const exact = 1;
const ownTicks = 8;

interface Case extends SourceOptions {
  readonly name: string;
  /** 90 kHz ticks that an audio frame may be off. */
  readonly audioTicks?: number;
  /** CODECS of the multivariant playlist. */
  readonly codecs?: string;
  /** Why ffmpeg's own readers of manifests are not asked. */
  readonly ffmpegCannot?: string;
}

const cases: Case[] = [
  { name: '25 fps with B-frames, two muxed renditions' },
  { name: '25 fps without B-frames', bFrames: 0 },
  { name: '23.976 fps with B-frames', rate: '24000/1001' },
  { name: '29.97 fps with B-frames', rate: '30000/1001' },
  {
    name: '50 fps without B-frames, 44.1 kHz',
    rate: '50',
    bFrames: 0,
    sampleRate: 44_100,
    audioTicks: exact,
    oneFramePerPes: true,
  },
  { name: '59.94 fps with B-frames, 44.1 kHz, several frames in a PES packet', rate: '60000/1001', sampleRate: 44_100 },
  { name: 'time stamps that wrap at 33 bits in the middle', timeOffset: 95_440 },
  {
    name: 'time stamps that wrap at 33 bits, audio in a rendition of its own',
    timeOffset: 95_440,
    shape: 'separate audio',
  },
  { name: 'audio that starts 0.7 s early', audioDelay: -0.7, seconds: 6 },
  { name: 'audio that starts 0.7 s late', audioDelay: 0.7, seconds: 6 },
  { name: 'mono', channels: 1, shape: 'media playlist' },
  { name: '5.1', channels: 6, shape: 'media playlist', oneFramePerPes: true, audioTicks: exact },
  { name: 'one transport stream', shape: 'transport stream', seconds: 14 },
  { name: 'one transport stream without B-frames, audio late', shape: 'transport stream', bFrames: 0, audioDelay: 0.3 },
  { name: 'a media playlist', shape: 'media playlist' },
  { name: 'a media playlist of byte ranges', shape: 'byte ranges' },
  { name: 'audio in a rendition of its own, 29.97 fps', shape: 'separate audio', rate: '30000/1001' },
  {
    name: 'a discontinuity with another clock and other parameter sets',
    shape: 'discontinuity',
    ffmpegCannot: 'ffmpeg 5.1 reads one period of an MPD, and keeps the first init segment of a playlist',
  },
  { name: 'parameter sets that change between segments', shape: 'parameter sets change', rate: '30' },
  { name: 'PES packets of sound that lie across segments', shape: 'sound across segments', rate: '30' },
  {
    name: 'AC-3 in 5.1, two muxed renditions',
    audioCodec: 'ac3',
    channels: 6,
    oneFramePerPes: true,
    audioTicks: exact,
  },
  {
    name: 'AC-3 as DVB has it',
    shape: 'transport stream',
    audioCodec: 'ac3',
    transport: 'system_b',
    sampleRate: 44_100,
    oneFramePerPes: true,
    audioTicks: exact,
  },
  { name: 'E-AC-3 in a rendition of its own', shape: 'separate audio', audioCodec: 'eac3' },
  { name: 'packed audio of AAC', shape: 'separate audio', packed: true, sampleRate: 44_100 },
  {
    name: 'packed audio of AAC beside time stamps that wrap at 33 bits',
    ...{ shape: 'separate audio', packed: true, timeOffset: 95_440 },
  },
  { name: 'packed audio of AC-3', shape: 'separate audio', packed: true, audioCodec: 'ac3', channels: 6 },
  { name: 'packed audio of E-AC-3', shape: 'separate audio', packed: true, audioCodec: 'eac3' },
  {
    name: 'AES-128 with IVs and keys that change, audio in a rendition of its own',
    ...{ shape: 'separate audio', encrypted: 'IV and rotation', seconds: 7 },
  },
  { name: 'AES-128 with the IV of sequence numbers', shape: 'media playlist', encrypted: 'sequence numbers' },
  { name: 'AES-128 in byte ranges of one file', shape: 'byte ranges', encrypted: 'sequence numbers' },
  { name: 'E-AC-3 alone', shape: 'no video', audioCodec: 'eac3', channels: 6 },
  { name: 'AAC in LATM', shape: 'transport stream', transport: 'latm', seconds: 14 },
  { name: 'MP3', shape: 'media playlist', audioCodec: 'libmp3lame', sampleRate: 44_100 },
  { name: 'a transport stream in two languages', shape: 'transport stream in two languages' },
  { name: 'no audio', shape: 'no audio' },
  { name: 'no video', shape: 'no video' },
  ...hevcCases(),
  ...mp4Cases(),
  ...fragmentCases(),
];

function hevcCases(): Case[] {
  const cases: Case[] = [
    { name: 'HEVC with B-frames, two muxed renditions' },
    { name: 'HEVC of open groups of pictures', shape: 'media playlist', openGroups: true },
    { name: 'HEVC without B-frames in one transport stream', shape: 'transport stream', bFrames: 0, rate: '30' },
    {
      name: 'HEVC of 10 bits with PQ, audio in a rendition of its own',
      shape: 'separate audio',
      videoCodec: 'HEVC HDR10',
    },
  ];
  return cases.map((each) => ({ videoCodec: 'HEVC', ...each }));
}

/** An MP4 counts in ticks of its own: of two tracks that begin between those of the other, one moves by up to one tick of 1/12800 s. */
function mp4Cases(): Case[] {
  const cases: Case[] = [
    { name: 'an MP4', shape: 'MP4', seconds: 14 },
    {
      name: 'an MP4 without B-frames, 29.97 fps, 44.1 kHz',
      shape: 'MP4',
      rate: '30000/1001',
      bFrames: 0,
      sampleRate: 44_100,
    },
    { name: 'an MP4 with its movie box first', shape: 'MP4, movie box first' },
    { name: 'an MP4 of open groups of pictures', shape: 'MP4', openGroups: true },
    { name: 'an MP4 with audio that starts late', shape: 'MP4', audioDelay: 0.7 },
    { name: 'an MP4 with audio that starts early', shape: 'MP4', audioDelay: -0.7 },
    { name: 'a fragmented MP4', shape: 'fragmented MP4', seconds: 14 },
    { name: 'a fragmented MP4 with audio that starts late', shape: 'fragmented MP4', audioDelay: 0.7 },
    { name: 'an MP4 without audio', shape: 'MP4 without audio' },
    { name: 'an MP4 without video', shape: 'MP4 without video', seconds: 14 },
    { name: 'an MP4 with audio in two languages', shape: 'MP4 in two languages' },
    { name: 'an MP4 with AC-3 in 5.1', shape: 'MP4', audioCodec: 'ac3', channels: 6 },
    { name: 'a fragmented MP4 with E-AC-3', shape: 'fragmented MP4', audioCodec: 'eac3' },
    { name: 'an MP4 of HEVC (hev1)', codecs: 'hvc1.1.6.L60.90,mp4a.40.2"', shape: 'MP4', videoCodec: 'HEVC' },
    {
      name: 'a fragmented MP4 of HEVC of 10 bits with HLG (hvc1)',
      shape: 'fragmented MP4',
      videoCodec: 'HEVC HLG',
      sampleEntry: 'hvc1',
    },
    { name: 'an MP4 of HEVC of open groups of pictures', shape: 'MP4', videoCodec: 'HEVC', openGroups: true },
    {
      name: 'an MP4 of AV1 with Opus',
      codecs: 'av01.0.00M.08,Opus"',
      shape: 'MP4',
      videoCodec: 'AV1',
      audioCodec: 'libopus',
      seconds: 4,
    },
    {
      name: 'a fragmented MP4 of AV1 of 10 bits with PQ, with FLAC',
      codecs: 'av01.0.00M.10.0.110.09.16.09.0,fLaC"',
      shape: 'fragmented MP4',
      videoCodec: 'AV1 HDR10',
      audioCodec: 'flac',
      seconds: 4,
    },
    {
      name: 'an MP4 of VP9 with FLAC',
      codecs: 'vp09.00.10.08,fLaC"',
      shape: 'MP4',
      videoCodec: 'VP9',
      audioCodec: 'flac',
      seconds: 4,
    },
    { name: 'a fragmented MP4 of Opus alone', codecs: 'Opus"', shape: 'MP4 without video', audioCodec: 'libopus' },
    { name: 'a SMIL document of MP4s, one with a key frame more', shape: 'SMIL of MP4s' },
  ];
  return cases.map((each) => ({ ...each, audioTicks: ownTicks }));
}

/** Playlists of fragmented MP4. */
function fragmentCases(): Case[] {
  const cases: Case[] = [
    { name: 'HLS of fragmented MP4, two muxed renditions' },
    { name: 'HLS of fragmented MP4, audio in a rendition of its own', shape: 'separate audio' },
    { name: 'HLS of fragmented MP4 in byte ranges of one file', shape: 'byte ranges', rate: '30000/1001' },
    {
      name: 'HLS of fragmented MP4 with a discontinuity and another EXT-X-MAP',
      shape: 'discontinuity',
      ffmpegCannot: 'ffmpeg 5.1 reads one period of an MPD, and keeps the first init segment of a playlist',
    },
    { name: 'HLS of fragmented MP4 with AES-128, map and all', shape: 'media playlist', encrypted: 'IV and rotation' },
    {
      name: 'HLS of fragmented MP4 with AES-128 in byte ranges',
      ...{ shape: 'byte ranges', encrypted: 'IV and rotation' },
    },
    { name: 'HLS of fragmented MP4 without audio', shape: 'no audio', bFrames: 0 },
    { name: 'HLS of fragmented MP4 of E-AC-3 alone', shape: 'no video', audioCodec: 'eac3', channels: 6 },
    {
      name: 'HLS of fragmented MP4 of HEVC of 10 bits, audio in a rendition of its own',
      shape: 'separate audio',
      videoCodec: 'HEVC HDR10',
      sampleEntry: 'hvc1',
    },
    {
      name: 'HLS of fragmented MP4 of AV1 with Opus',
      codecs: 'av01.0.00M.08,Opus"',
      shape: 'media playlist',
      videoCodec: 'AV1',
      audioCodec: 'libopus',
      seconds: 4,
    },
    {
      name: 'HLS of fragmented MP4 of VP9 with FLAC',
      codecs: 'vp09.00.10.08,fLaC"',
      shape: 'media playlist',
      videoCodec: 'VP9',
      audioCodec: 'flac',
      seconds: 4,
    },
  ];
  return cases.map((each) => ({ segments: 'fMP4', audioTicks: ownTicks, ...each }));
}

const HlsManifests = [{ ManifestName: 'index' }];
/** Transport streams that have to be made anew: cut otherwise than the source, and with sound in streams of its own. */
const configurations = [
  { Id: 'cmaf', CmafPackage: { HlsManifests } },
  { Id: 'dash', DashPackage: { DashManifests: HlsManifests } },
  { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds: 4 } },
  { Id: 'mss', MssPackage: { MssManifests: HlsManifests } },
  { Id: 'hls_apart', HlsPackage: { HlsManifests, UseAudioRenditionGroup: true } },
];

describe.runIf(requires('ffmpeg'))('what is packaged has the frames and the times of its source', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'reelway-conformance-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases.map((each, index) => ({ ...each, index })))('$name', async ({ index, name: _, ...options }) => {
    const scratch = path.join(folder, String(index));
    const source = await makeSource(path.join(scratch, 'source'), options);
    const out = path.join(scratch, 'out');
    // What a client manifest cannot express.
    const others = (options.audioCodec ?? 'aac') !== 'aac' || (options.videoCodec ?? 'H.264') !== 'H.264';
    const notSmooth = options.shape === 'discontinuity' || others;
    // What transport streams do not carry.
    const notInStreams =
      /^(AV1|VP9)/.test(options.videoCodec ?? '') || ['libopus', 'flac'].includes(options.audioCodec ?? 'aac');
    const asked = configurations.filter(({ Id }) => !(Id === 'mss' ? notSmooth : Id.startsWith('hls') && notInStreams));
    await writeFile(path.join(scratch, 'group.json'), JSON.stringify(asked));
    const run = await reelway(['package', source.entry, '--out', out, '--config', path.join(scratch, 'group.json')]);
    expect(run, run.stderr).toMatchObject({ code: 0 });

    const measured = await measureSource(source);
    const endpoints = await findEndpoints(out);
    const manifests = endpoints.flatMap((endpoint) =>
      endpoint.entries.map((entry) => path.join(endpoint.folder, entry)),
    );
    expect(manifests.map((manifest) => path.relative(out, manifest)).sort()).toEqual(
      [
        ...['cmaf/index.m3u8', 'dash/index.mpd'],
        ...(notInStreams ? [] : ['hls/index.m3u8', 'hls_apart/index.m3u8']),
        ...(notSmooth ? [] : ['mss/index.ism/Manifest']),
      ].sort(),
    );
    const said = await readFile(path.join(out, 'cmaf/index.m3u8'), 'utf8');
    expect(said).toContain(`CODECS="${options.codecs ?? ''}`);
    for (const manifest of manifests) {
      // In transport streams of ours, too, several frames are in a PES packet.
      const isTransportStream = manifest.includes(`${path.sep}hls`);
      const tolerance = {
        audioTicks: isTransportStream ? Math.max(guessed, options.audioTicks ?? 0) : (options.audioTicks ?? guessed),
      };
      expect(await judge(measured, manifest, scratch, tolerance), manifest).toEqual([]);
      // ffmpeg reads no Smooth Streaming.
      if (options.ffmpegCannot === undefined && !manifest.endsWith('Manifest'))
        expect(await judgeThroughManifest(measured, manifest), `ffmpeg on ${manifest}`).toEqual([]);
    }
    await rm(scratch, { recursive: true, force: true });
  });
});
