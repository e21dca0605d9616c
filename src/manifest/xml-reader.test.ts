import { describe, expect, it } from 'vitest';
import { readXml } from './xml-reader.js';

const bomb = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');

describe('XML from outside', () => {
  it.each([
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['entities that grow', `<!DOCTYPE a [<!ENTITY l0 "lol">${bomb}]><a>&l9;</a>`],
    ['an entity that is a file', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['a parameter entity', '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/x.dtd"> %b;]><a/>'],
    ['a document type elsewhere', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'],
    ['a document type in other letters', '<!doctype a><a/>'],
    ['a document type after a comment', '<?xml version="1.0"?><!-- a --><!DOCTYPE a><a/>'],
  ])('is refused with %s', (_, text) => {
    expect(() => readXml(text)).toThrow(/document type|not well-formed/);
  });

  it.each([
    ['an entity that nobody declared', '<a>&b;</a>'],
    ['one in an attribute', '<a b="&c;"/>'],
    ['text that never ends an element', '<a>'],
  ])('is refused with %s', (_, text) => {
    expect(() => readXml(text)).toThrow(/not well-formed/);
  });

  it('has the predefined entities and characters by number, once', () => {
    expect(readXml('<a b="&quot;&#x41;">&lt;b&gt; &amp;lt; &#66;</a>')).toMatchObject({
      attributes: { b: '"A' },
      text: '<b> &lt; B',
    });
  });

  it('is bounded in depth', () => {
    expect(() => readXml('<a>'.repeat(65) + '</a>'.repeat(65))).toThrow(/maxDepth/);
  });
});
