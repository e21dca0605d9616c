import { describe, expect, it } from 'vitest';
import { mpds } from '../../../test/support/mpd-cases.js';
import { readXml } from '../../manifest/xml-reader.js';
import { checkManifest } from './check-manifest.js';
import { mpdSchema } from './mpd-schema.js';
import { checkSchema, compileSchema } from './schema.js';

describe('the schema of ISO/IEC 23009-1', () => {
  it.each(mpds.valid)('is kept by an MPD $name', ({ text }) => {
    expect(checkSchema(mpdSchema, readXml(text))).toEqual([]);
  });

  it.each(mpds.broken)('is broken by $name, and by nothing else', ({ text, message }) => {
    const breaches = checkSchema(mpdSchema, readXml(text));
    expect(breaches).toEqual([expect.stringContaining(message)]);
    expect(breaches[0]).toMatch(/^line \d+: /);
    expect(checkManifest('a.mpd', text)).toContainEqual({ rule: 'dash.schema', file: 'a.mpd', message: breaches[0] });
  });

  it('stops at a hundred breaches', () => {
    const runs = '<S/>'.repeat(5000);
    const [{ text } = { text: '' }] = mpds.valid;
    expect(
      checkSchema(mpdSchema, readXml(text.replace('</SegmentTimeline>', `${runs}</SegmentTimeline>`))),
    ).toHaveLength(100);
  });
});

describe('a table that is wrong in itself', () => {
  it.each([
    ['a child that there is not', { A: { children: 'B?' } }, 'the schema has no element B'],
    ['a type that there is not', { A: { attributes: 'b:colour' } }, 'no value type colour'],
  ])('is refused: %s', (_, table, message) => {
    expect(() => compileSchema('urn:a', 'A', table)).toThrow(message);
  });
});
