import { describe, expect, it } from 'vitest';
import { webVttBroken, webVttCases } from '../../../../test/support/text-cases.js';
import { readTimestamp, writeTimestamp } from './timestamp.js';
import { readWebVtt } from './read-webvtt.js';
import { writeWebVtt } from './write-webvtt.js';

describe('WebVTT', () => {
  it.each(webVttCases)('reads %s, and again what is written of it', (_, text, expected) => {
    const read = readWebVtt(text);
    expect(read).toEqual(expected);
    const { timestampMap, ...document } = read;
    expect(readWebVtt(writeWebVtt(document, timestampMap.mpegts))).toEqual({
      ...read,
      broken: 0,
      timestampMap: { local: 0, mpegts: timestampMap.mpegts },
    });
  });

  it.each(webVttBroken)('refuses %#', (text, message) => {
    expect(() => readWebVtt(text)).toThrow(message);
  });

  it('survives every case cut off anywhere and with any byte changed', () => {
    for (const [, text] of webVttCases) {
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

  it('has no cue that would end where it begins', () => {
    const brief = { start: 90_000, end: 90_040, settings: '', text: 'x' };
    const written = writeWebVtt({ styles: [], regions: [], cues: [brief, { ...brief, end: 90_050 }] });
    expect(readWebVtt(written)).toMatchObject({ cues: [{ start: 90_000, end: 90_090 }], broken: 0 });
  });

  it('writes times to the nearest millisecond', () => {
    expect(writeTimestamp(44)).toBe('00:00:00.000');
    expect(writeTimestamp(46)).toBe('00:00:00.001');
    expect(writeTimestamp((3600 * 123 + 59.9995) * 90_000)).toBe('123:01:00.000');
    expect(readTimestamp('1:00.000')).toBeUndefined();
  });
});
