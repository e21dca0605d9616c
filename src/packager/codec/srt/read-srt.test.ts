import { describe, expect, it } from 'vitest';
import { readWebVtt } from '../webvtt/read-webvtt.js';
import { writeWebVtt } from '../webvtt/write-webvtt.js';
import { readSrt } from './read-srt.js';

const cases: readonly (readonly [string, string, readonly [number, number, string, string?][], number?])[] = [
  [
    'cues',
    '1\n00:00:01,000 --> 00:00:02,500\nOne\ntwo\n\n2\n00:01:00,040 --> 00:01:01,000 X1:1\nThree\n',
    [
      [1, 2.5, 'One\ntwo'],
      [60.04, 61, 'Three'],
    ],
  ],
  ['CRLF, a byte order mark, points, short fractions', '\uFEFF1\r\n0:0:1.5 --> 0:0:2.25\r\nx\r\n', [[1.5, 2.25, 'x']]],
  [
    'tags, and what is none',
    '1\n00:00:00,000 --> 00:00:01,000\n<i>a <b>b</b> <font color="red">c</font> 1 < 2 & 3 > 2</u>',
    [[0, 1, '<i>a <b>b</b> c 1 &lt; 2 &amp; 3 &gt; 2</i>']],
  ],
  ['places', '1\n00:00:00,000 --> 00:00:01,000\n{\\an8}top', [[0, 1, 'top', 'line:0']]],
  [
    'blank lines within a cue, and no numbers',
    '00:00:00,000 --> 00:00:01,000\na\n\nb\n\n00:00:01,000 --> 00:00:02,000\nc',
    [
      [0, 1, 'a\nb'],
      [1, 2, 'c'],
    ],
  ],
  ['cues that are broken', '1\n00:00:05,000 --> 00:00:01,000\nx\n\n2\nsoon --> later\ny', [], 2],
  ['nothing', '', []],
];

describe('SubRip', () => {
  it.each(cases.map(([name, text, cues, broken = 0]) => ({ name, text, cues, broken })))(
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
    for (const [, text] of cases) {
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
