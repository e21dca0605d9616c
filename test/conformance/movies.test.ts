import { describe } from 'vitest';
import { requires } from '../support/requires.js';
import { ownTicks, judgeCases, type Case } from './judge-cases.js';

/** An MP4 counts in ticks of its own: of two tracks that begin between those of the other, one moves by up to one tick of 1/12800 s. */
const cases = (
  [
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
    {
      name: 'an MP4 with MP3',
      codecs: 'avc1.64000c,mp4a.6B"',
      shape: 'MP4',
      audioCodec: 'libmp3lame',
      sampleRate: 44_100,
    },
    {
      name: 'a fragmented MP4 with MP3 of 24 kHz (MPEG-2)',
      codecs: 'avc1.64000c,mp4a.69"',
      shape: 'fragmented MP4',
      audioCodec: 'libmp3lame',
      sampleRate: 24_000,
    },
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
  ] satisfies Case[]
).map((each): Case => ({ ...each, audioTicks: ownTicks }));

describe.runIf(requires('ffmpeg'))('what is packaged of MP4 has the frames and the times of its source', () => {
  judgeCases(cases);
});
