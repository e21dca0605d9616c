import { describe, expect, it } from 'vitest';
import { styl, tbox, tx3g, tx3gSample, type Tx3gStyle } from '../../../../test/support/text-writer.js';
import { box, concat, u16, u8 } from '../../isobmff/box.js';
import { readTx3gSample, type TextPlace } from './read-tx3g-sample.js';
import { readTextDescription } from './sample-description.js';

const white = 0xffff_ffff;
const whole: TextPlace = { left: 0, top: 0, width: 0, height: 0, pictureWidth: 640, pictureHeight: 360 };
const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [at, unit] of [0xfeff, ...[...text].map((each) => each.charCodeAt(0))].entries())
    view.setUint16(at * 2, unit, little);
  return bytes;
};
const read = (sample: Uint8Array, entry = tx3g(), place = whole) =>
  readTx3gSample(sample, readTextDescription(entry.subarray(8)), place);
const styled = (text: string, ...styles: readonly Tx3gStyle[]) => read(tx3gSample(text, styl(...styles)))?.text;

describe('a sample of timed text', () => {
  it.each([
    ['UTF-8', tx3gSample('Grüße & <alle>'), 'Grüße &amp; &lt;alle&gt;'],
    ['UTF-16, the high byte first', tx3gSample(utf16('Zwölf', false)), 'Zwölf'],
    ['UTF-16, the low byte first', tx3gSample(utf16('Zwölf', true)), 'Zwölf'],
    ['several lines, none of them empty', tx3gSample('a\r\n\nb\rc\n'), 'a\nb\nc'],
    ['a zero at its end', tx3gSample('a\0'), 'a'],
    ['bytes after it that are no box', concat(tx3gSample('a'), u8(0, 0, 0)), 'a'],
    ['modifiers that WebVTT cannot say', tx3gSample('a', box('blnk', u16(0, 1)), box('dlay', u16(0, 9))), 'a'],
  ])('reads %s', (_, sample, text) => {
    expect(read(sample)).toEqual({ settings: '', text });
  });

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['no text', tx3gSample('')],
    ['blanks', tx3gSample(' \n ')],
  ])('shows nothing with %s', (_, sample) => {
    expect(read(sample)).toBeUndefined();
  });

  it('keeps bold, italic, underlined and the eight colours, by characters and not by bytes', () => {
    expect(styled('äöü bold', [4, 8, 1, white])).toBe('äöü <b>bold</b>');
    expect(styled('😀 a b', [2, 3, 2, white], [4, 5, 4, 0xffff_00ff])).toBe('😀 <i>a</i> <u><c.yellow>b</c></u>');
    expect(styled('both', [0, 4, 3, white])).toBe('<b><i>both</i></b>');
    expect(styled('a shade', [0, 7, 0, 0x12_3456_ff])).toBe('a shade');
    expect(styled('beyond', [4, 900, 1, white], [3, 1, 2, white])).toBe('beyo<b>nd</b>');
    expect(read(tx3gSample('slanted'), tx3g({ style: [0, 0, 2, white] }))?.text).toBe('<i>slanted</i>');
  });

  it('takes time in proportion to its characters and styles, which follow each other', () => {
    expect(styled('abcd', [0, 2, 1, white], [1, 4, 2, white], [0, 4, 4, white])).toBe('<b>ab</b><i>cd</i>');
    const some = styl(...Array.from({ length: 5000 }, (): Tx3gStyle => [0, 60_000, 1, white]));
    const sample = tx3gSample('a'.repeat(60_000), ...Array.from({ length: 20 }, () => some));
    expect(read(sample)?.text).toHaveLength(60_007);
  });

  const track = { left: 0, top: 240, width: 640, height: 120, pictureWidth: 640, pictureHeight: 360 };
  it.each([
    ['at the top', tx3g({ vertical: 0 }), whole, 'line:0%'],
    ['in the middle', tx3g({ vertical: 1 }), whole, 'line:50%,center'],
    ['at the left', tx3g({ horizontal: 0 }), whole, 'align:left'],
    ['at the right', tx3g({ horizontal: -1 }), whole, 'align:right'],
    ['from top to bottom', tx3g({ flags: 0x2_0000 }), whole, 'vertical:rl'],
    ['in a track at the bottom', tx3g(), track, ''],
    ['at the top of such a track', tx3g({ vertical: 0 }), track, 'line:66.67%'],
    ['in a box of such a track', tx3g({ box: [0, 0, 30, 640] }), track, 'line:75%,end'],
    ['in a box of a picture that is not known', tx3g({ box: [0, 0, 30, 640] }), { ...whole, pictureHeight: 0 }, ''],
  ])('is %s', (_, entry, place, settings) => {
    expect(read(tx3gSample('x'), entry, place)).toEqual({ settings, text: 'x' });
  });

  it('may have a box of its own', () => {
    expect(read(tx3gSample('x', tbox(0, 0, 36, 640)))?.settings).toBe('line:10%,end');
  });

  it.each([
    ['fewer bytes than it says', Uint8Array.of(0, 9, 65), 'need 9 bytes'],
    ['what is no text', tx3gSample(Uint8Array.of(0x41, 0xff)), 'neither UTF-8'],
    ['fewer styles than it says', tx3gSample('x', box('styl', u16(2))), 'need'],
    ['a modifier that ends beyond it', concat(tx3gSample('x'), u8(0, 0, 0, 99), new Uint8Array(8)), 'size 99'],
  ])('is refused with %s', (_, sample, message) => {
    expect(() => read(sample)).toThrow(message);
  });
});
