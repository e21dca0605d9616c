import { describe, expect, it } from 'vitest';
import { readTimestamp, writeTimestamp } from './timestamp.js';
import { maximumCues, readWebVtt } from './read-webvtt.js';
import { writeWebVtt } from './write-webvtt.js';

const second = 90_000;
const cue = (start: number, end: number, text: string, more = {}) => ({
  start: start * second,
  end: end * second,
  settings: '',
  text,
  ...more,
});
const none = { styles: [], regions: [], cues: [], broken: 0, timestampMap: { local: 0, mpegts: 0 } };

/** What is read, and written back where it is written another way. */
const cases: readonly (readonly [string, string, object])[] = [
  ['nothing but the header', 'WEBVTT', none],
  ['a title, and a byte order mark', '\uFEFFWEBVTT - a title\n', none],
  [
    'the map of HLS',
    'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:01.000,MPEGTS:900000\n\n00:01.000 --> 00:02.500\nHi\n',
    { ...none, cues: [cue(1, 2.5, 'Hi')], timestampMap: { local: second, mpegts: 900_000 } },
  ],
  [
    'a map the other way about, with 33 bits exceeded',
    'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589934593, LOCAL:00:00:00.000\n',
    { ...none, timestampMap: { local: 0, mpegts: 1 } },
  ],
  [
    'identifiers, settings and several lines',
    'WEBVTT\r\n\r\n7\r\n100:00:00.000 --> 100:00:01.000 line:10%,end position:20% align:start bogus:1 size:200%\r\na\r\n<i>b</i> &amp; c\r\n',
    {
      ...none,
      cues: [
        cue(360_000, 360_001, 'a\n<i>b</i> &amp; c', { id: '7', settings: 'line:10%,end position:20% align:start' }),
      ],
    },
  ],
  [
    'styles, regions and notes',
    'WEBVTT\n\nSTYLE\n::cue(b) { color: red }\n\nREGION\nid:fred\nwidth:40%\n\nNOTE\nno matter\n\n00:00.000 --> 00:01.000 region:fred\nx\n\nNOTE end\n',
    {
      ...none,
      styles: ['::cue(b) { color: red }'],
      regions: ['id:fred\nwidth:40%'],
      cues: [cue(0, 1, 'x', { settings: 'region:fred' })],
    },
  ],
  [
    'settings of old files',
    'WEBVTT\n\n00:00.000 --> 00:01.000 align:middle\nx',
    { ...none, cues: [cue(0, 1, 'x', { settings: 'align:center' })] },
  ],
  ['a cue without text', 'WEBVTT\n\n00:00.000 --> 00:01.000\n', { ...none, cues: [cue(0, 1, '')] }],
  ['a cue right after the header', 'WEBVTT\n00:00.000 --> 00:01.000\nx', { ...none, cues: [cue(0, 1, 'x')] }],
  [
    'cues that are broken',
    'WEBVTT\n\n00:02.000 --> 00:01.000\nbackwards\n\n1 --> 2\nno times\n\n00:00.000 --> 00:01.000\nx\n\n00:61.000 --> 00:99.000\ny',
    { ...none, cues: [cue(0, 1, 'x')], broken: 3 },
  ],
];

describe('WebVTT', () => {
  it.each(cases)('reads %s, and again what is written of it', (_, text, expected) => {
    const read = readWebVtt(text);
    expect(read).toEqual(expected);
    const { timestampMap, ...document } = read;
    expect(readWebVtt(writeWebVtt(document, timestampMap.mpegts))).toEqual({
      ...read,
      broken: 0,
      timestampMap: { local: 0, mpegts: timestampMap.mpegts },
    });
  });

  it.each([
    ['', 'not WebVTT'],
    ['WEBVTTX', 'not WebVTT'],
    ['1\n00:00:00,000 --> 00:00:01,000\nSubRip', 'not WebVTT'],
    [`WEBVTT\n\n${'00:00.000 --> 00:01.000\n\n'.repeat(maximumCues + 1)}`, 'maximumCues'],
  ])('refuses %#', (text, message) => {
    expect(() => readWebVtt(text)).toThrow(message);
  });

  it('survives every case cut off anywhere and with any byte changed', () => {
    for (const [, text] of cases) {
      for (let at = 0; at < text.length; at += 1) {
        for (const broken of [text.slice(0, at), `${text.slice(0, at)}\u0000${text.slice(at + 1)}`]) {
          let read;
          try {
            read = readWebVtt(broken);
          } catch (error) {
            expect((error as Error).name).toBe('MalformedError');
            continue;
          }
          expect(readWebVtt(writeWebVtt(read)).cues).toEqual(read.cues);
        }
      }
    }
  });

  it('takes time in proportion to what it reads, whatever that is', () => {
    expect(readWebVtt(`WEBVTT\n\n${' \n'.repeat(500_000)}x`).cues).toEqual([]);
    expect(readWebVtt(`WEBVTT\n\n00:00.000 --> 00:01.000${' '.repeat(1_000_000)}x`).broken).toBe(0);
  });

  it('writes times to the nearest millisecond', () => {
    expect(writeTimestamp(44)).toBe('00:00:00.000');
    expect(writeTimestamp(46)).toBe('00:00:00.001');
    expect(writeTimestamp((3600 * 123 + 59.9995) * second)).toBe('123:01:00.000');
    expect(readTimestamp('1:00.000')).toBeUndefined();
  });
});
