import { describe, expect, it } from 'vitest';
import { srtCases } from '../../../../test/support/text-cases.js';
import { readWebVtt } from '../webvtt/read-webvtt.js';
import { writeWebVtt } from '../webvtt/write-webvtt.js';
import { readSrt } from './read-srt.js';

describe('SubRip', () => {
  it.each(srtCases.map(([name, text, cues, broken = 0]) => ({ name, text, cues, broken })))(
    'reads $name',
    ({ text, cues, broken }) => {
      const read = readSrt(text);
      expect(read.cues.map((cue) => [cue.start / 90_000, cue.end / 90_000, cue.text, cue.settings])).toEqual(
        cues.map(([start, end, shown, settings = '']) => [start, end, shown, settings]),
      );
      expect(read.broken).toBe(broken);
    },
  );

  it('refuses what is something else', () => {
    expect(() => readSrt('some text')).toThrow('not SubRip');
  });

  it('survives every case cut off anywhere, and can always be written as WebVTT', () => {
    for (const [, text] of srtCases) {
      for (let at = 0; at < text.length; at += 1) {
        try {
          const read = readSrt(text.slice(0, at));
          expect(readWebVtt(writeWebVtt(read)).cues).toEqual(read.cues);
        } catch (error) {
          expect((error as Error).name).toBe('MalformedError');
        }
      }
    }
  });
});
