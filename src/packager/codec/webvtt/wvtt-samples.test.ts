import { describe, expect, it } from 'vitest';
import { box, concat } from '../../isobmff/box.js';
import type { Cue } from '../../model/text.js';
import { joinCues } from './join-cues.js';
import { readWvttHeader, readWvttSample } from './read-wvtt-sample.js';
import { wvttSamples } from './wvtt-samples.js';

const second = 90_000;
const utf8 = (text: string) => new TextEncoder().encode(text);
const cue = (start: number, end: number, text: string, more: Partial<Cue> = {}): Cue => ({
  ...{ start: start * second, end: end * second, settings: '', text },
  ...more,
});

/** The cues of segments of so many seconds each, as they are written and read again. */
function throughSamples(cues: readonly Cue[], seconds: number, count: number): (readonly Cue[])[] {
  return Array.from({ length: count }, (_, nth) => {
    const [start, end] = [nth * seconds * second, (nth + 1) * seconds * second];
    const shown = cues.filter((each) => each.start < end && each.end > start);
    const { data, decodeTimes } = wvttSamples(shown, start, end);
    return data.map((sample, at) => {
      const { cues: read, broken } = readWvttSample(sample, {
        start: decodeTimes[at]!,
        end: decodeTimes[at + 1] ?? end,
      });
      expect(broken).toBe(0);
      return read;
    });
  }).flat();
}

describe('samples of WebVTT', () => {
  it('have the bytes that the standard says: a cue alone, one of several samples, and nothing', () => {
    const { data, decodeTimes } = wvttSamples(
      [cue(0, 3, 'a', { id: '7', settings: 'line:0' }), cue(1, 2, 'b'), cue(3.5, 4, 'c')],
      0,
      4 * second,
    );
    expect(decodeTimes.map((time) => time / second)).toEqual([0, 1, 2, 3, 3.5]);
    const source = data[0]!.subarray(16, 20);
    const divided = box(
      'vttc',
      ...[box('vsid', source), box('iden', utf8('7')), box('sttg', utf8('line:0')), box('payl', utf8('a'))],
    );
    expect(data).toEqual([
      divided,
      concat(divided, box('vttc', box('payl', utf8('b')))),
      divided,
      box('vtte'),
      box('vttc', box('payl', utf8('c'))),
    ]);
  });

  it('give the cues again that they were made of, over boundaries of segments and where several are shown', () => {
    const cues = [
      cue(0.5, 7, 'over <i>segments</i> &amp;\ntwo lines', { id: 'a', settings: 'line:10% align:start' }),
      cue(2, 3, 'within'),
      cue(5, 9, 'the last'),
    ];
    expect(joinCues(throughSamples(cues, 2, 5))).toEqual(cues);
  });

  it('say when they begin where a text has moments of its own', () => {
    const cues = [cue(1, 5, 'one <00:00:02.000>two <00:00:03.500>three')];
    const samples = wvttSamples(cues, 2 * second, 4 * second).data;
    expect(Buffer.from(samples[0]!).toString('latin1')).toContain('ctim00:00:02.000');
    const later = readWvttSample(samples[0]!, { start: 12 * second, end: 14 * second });
    expect(later.cues.map(({ text }) => text)).toEqual(['one <00:00:12.000>two <00:00:13.500>three']);
    expect(joinCues(throughSamples(cues, 2, 3))).toEqual(cues);
  });

  it.each([
    [
      'a note and an unknown box',
      concat(box('vtta', utf8('NOTE x')), box('vttc', box('payl', utf8('x'))), box('abcd')),
    ],
    ['an empty line, and a zero', box('vttc', box('payl', utf8('\r\nx\0\r\n')))],
    ['settings that are none', box('vttc', box('sttg', utf8('line:maybe\nsize:500%')), box('payl', utf8('x')))],
    ['an identifier that would be times', box('vttc', box('iden', utf8('a --> b')), box('payl', utf8('x')))],
  ])('are read with %s', (_, sample) => {
    expect(readWvttSample(sample, { start: 0, end: second })).toEqual({ cues: [cue(0, 1, 'x')], broken: 0 });
  });

  it('leave out what would be times in a file of text, and refuse what is no box', () => {
    const arrow = box('vttc', box('payl', utf8('00:01.000 --> 00:02.000')));
    expect(readWvttSample(arrow, { start: 0, end: second })).toEqual({ cues: [], broken: 1 });
    expect(() => readWvttSample(utf8('WEBVTT'), { start: 0, end: second })).toThrow('a box needs 8 bytes');
  });

  it('have their styles and regions in the sample entry', () => {
    const header = 'WEBVTT\n\nSTYLE\n::cue(b) { color: red }\n\nREGION\nid:fred';
    expect(readWvttHeader(header)).toEqual({ styles: ['::cue(b) { color: red }'], regions: ['id:fred'] });
    expect(readWvttHeader('')).toEqual({ styles: [], regions: [] });
  });
});
