import { describe } from 'vitest';
import { requires } from '../support/requires.js';
import { exact, judgeCases, type Case } from './judge-cases.js';

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
];

describe.runIf(requires('ffmpeg'))(
  'what is packaged of transport streams has the frames and the times of its source',
  () => {
    judgeCases(cases);
  },
);
