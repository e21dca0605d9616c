import { describe } from 'vitest';
import { requires } from '../support/requires.js';
import { judgeCases, type Case } from './judge-cases.js';

const cases = (
  [
    { name: 'HEVC with B-frames, two muxed renditions' },
    { name: 'HEVC of open groups of pictures', shape: 'media playlist', openGroups: true },
    { name: 'HEVC without B-frames in one transport stream', shape: 'transport stream', bFrames: 0, rate: '30' },
    {
      name: 'HEVC of 10 bits with PQ, audio in a rendition of its own',
      shape: 'separate audio',
      videoCodec: 'HEVC HDR10',
    },
  ] satisfies Case[]
).map((each): Case => ({ videoCodec: 'HEVC', ...each }));

describe.runIf(requires('ffmpeg'))('what is packaged of HEVC has the frames and the times of its source', () => {
  judgeCases(cases);
});
