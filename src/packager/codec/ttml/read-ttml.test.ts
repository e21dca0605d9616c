import { describe, expect, it } from 'vitest';
import { ttmlBroken, ttmlCases } from '../../../../test/support/text-cases.js';
import { readWebVtt } from '../webvtt/read-webvtt.js';
import { writeWebVtt } from '../webvtt/write-webvtt.js';
import { readTtml } from './read-ttml.js';

describe('TTML', () => {
  it.each(ttmlCases.map(([name, text, cues, broken = 0]) => ({ name, text, cues, broken })))(
    'reads $name',
    ({ text, cues, broken }) => {
      const read = readTtml(text);
      expect(read.cues.map((cue) => [cue.start / 90_000, cue.end / 90_000, cue.text, cue.settings])).toEqual(
        cues.map(([start, end, shown, settings = '']) => [start, end, shown, settings]),
      );
      expect(read.broken).toBe(broken);
    },
  );

  it.each(ttmlBroken)('refuses %s', (_, text, message) => {
    expect(() => readTtml(text)).toThrow(message);
  });

  it('takes time in proportion to what it shows, and shows no more than maximumShown', () => {
    const timed = (count: number, beside = '') => {
      const spans = Array.from({ length: count }, (_, at) => `<span begin="${at}ms" end="${at + 1}ms">x</span>`);
      return `<tt><body><div><p end="1h">${beside}${spans.join('')}</p></div></body></tt>`;
    };
    expect(readTtml(timed(100_000)).cues).toHaveLength(100_000);
    expect(() => readTtml(timed(1000, 'word '.repeat(10_000)))).toThrow('maximumShown');
  });

  it('gives cues that can always be written as WebVTT', () => {
    for (const [, text] of ttmlCases) {
      const { cues } = readTtml(text);
      expect(readWebVtt(writeWebVtt({ styles: [], regions: [], cues })).cues).toEqual(cues);
    }
  });
});
