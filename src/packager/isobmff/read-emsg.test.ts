import { describe, expect, it } from 'vitest';
import { emsgCases } from '../../../test/support/emsg-cases.js';
import { id3Scheme, emsg } from './boxes/emsg.js';
import { parseEmsg } from './read-emsg.js';

describe('parseEmsg', () => {
  it.each(emsgCases.valid)('reads $name', ({ bytes, message }) => {
    expect(parseEmsg(bytes)).toEqual(message);
  });

  it.each(emsgCases.broken)('refuses $name', ({ bytes, problem }) => {
    expect(() => parseEmsg(bytes)).toThrow(problem);
  });

  it('reads what is written', () => {
    const event = { ...id3Scheme, timescale: 12_800, time: 2 ** 40, data: Uint8Array.of(1, 2) };
    expect(parseEmsg(emsg(event).subarray(8))).toMatchObject({ ...event, version: 1 });
  });

  it('passes over versions that it does not know', () => {
    expect(parseEmsg(Uint8Array.of(2, 0, 0, 0))).toBeUndefined();
  });

  it('copies what it holds, so that nothing else is kept', () => {
    const bytes = emsg({ ...id3Scheme, timescale: 1, time: 0, data: Uint8Array.of(7) }).subarray(8);
    const data = parseEmsg(bytes)?.data;
    bytes.fill(0);
    expect([...(data ?? [])]).toEqual([7]);
    expect(data?.buffer.byteLength).toBe(1);
  });
});
