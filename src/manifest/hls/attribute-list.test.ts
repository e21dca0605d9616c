import { describe, expect, it } from 'vitest';
import { readAttributeList, writeAttributeList } from './attribute-list.js';

describe('an attribute list', () => {
  it.each([
    ['A=1,B="x,y=z",C=YES', { A: '1', B: 'x,y=z', C: 'YES' }],
    ['A="" , B = 2', { A: '', B: '2' }],
    ['A=1,', { A: '1' }],
    ['A=1,A=2', { A: '1' }],
    ['', {}],
  ])('reads %j', (text, expected) => {
    const attributes = readAttributeList(text, 1);
    for (const [name, value] of Object.entries(expected)) expect(attributes.text(name)).toBe(value);
  });

  it.each([['A'], ['A="x'], ['=1'], ['A="x"y'], ['A=1;;,"']])('refuses %j and names the line', (text) => {
    expect(() => readAttributeList(text, 7)).toThrow(/^line 7: attribute expected/);
  });

  it('refuses numbers and resolutions that are none', () => {
    const attributes = readAttributeList('N=-1,M=x,R=10,S=640x360', 3);
    expect(() => attributes.number('N')).toThrow('line 3: attribute N must be a number; given: -1');
    expect(() => attributes.number('M')).toThrow('given: x');
    expect(() => attributes.resolution('R')).toThrow('attribute R must be <width>x<height>; given: 10');
    expect(attributes.resolution('S')).toEqual({ width: 640, height: 360 });
    expect(() => attributes.required('T')).toThrow('line 3: attribute T is missing');
  });

  it('reads hostile text in linear time', () => {
    const spaces = ' '.repeat(2_000_000);
    expect(() => readAttributeList(`A=${spaces}"`, 1)).toThrow('attribute expected');
    expect(() => readAttributeList(`A${spaces}`, 1)).toThrow('attribute expected');
  });

  it('is written so that it reads back', () => {
    const text = writeAttributeList({ BANDWIDTH: 5, NAME: { quoted: 'a,b' }, DEFAULT: true, LANGUAGE: undefined });
    expect(text).toBe('BANDWIDTH=5,NAME="a,b",DEFAULT=YES');
    expect(readAttributeList(text, 1).text('NAME')).toBe('a,b');
  });

  it('refuses to write what quotes cannot hold', () => {
    expect(() => writeAttributeList({ NAME: { quoted: 'a"b' } })).toThrow('NAME may hold no quote or line break');
  });
});
