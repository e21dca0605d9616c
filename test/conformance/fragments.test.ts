import { describe } from 'vitest';
import { requires } from '../support/requires.js';
import { ownTicks, judgeCases, type Case } from './judge-cases.js';

/** Playlists of fragmented MP4. */
const cases = (
  [
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
  ] satisfies Case[]
).map((each): Case => ({ segments: 'fMP4', audioTicks: ownTicks, ...each }));

describe.runIf(requires('ffmpeg'))(
  'what is packaged of HLS with fragmented MP4 has the frames and the times of its source',
  () => {
    judgeCases(cases);
  },
);
