import { describe, expect, it } from 'vitest';
import { element, writeXml } from './xml.js';

describe('XML', () => {
  it('escapes text and attributes, and leaves out what XML cannot hold', () => {
    expect(writeXml(element('a', { b: '<"&\n>', c: undefined, d: true }, 'x < y & \u0000z\uD800😀'))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a b="&lt;&quot;&amp;&#10;&gt;" d="true">x &lt; y &amp; z😀</a>\n',
    );
  });

  it('indents elements', () => {
    expect(writeXml(element('a', {}, element('b'), element('c', {}, element('d', { e: 1 }))))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b/>\n  <c>\n    <d e="1"/>\n  </c>\n</a>\n',
    );
  });
});
