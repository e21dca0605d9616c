import { expect, it } from 'vitest';
import { jsonText } from './json-text.js';

it.each([
  ['a NUL', 'a\u0000b', 'ab'],
  ['the text of its escape', String.raw`a\u0000b`, String.raw`a\u0000b`],
  ['the text of its escape at the end', String.raw`a\u0000`, String.raw`a\u0000`],
  ['a backslash before a NUL', 'a\\\u0000b', 'a\\b'],
  ['half an emoji', 'a\ud83d', 'a\ufffd'],
  ['the other half', '\ude00b', '\ufffdb'],
  ['halves the wrong way round', '\ude00\ud83d', '\ufffd\ufffd'],
  ['a whole emoji', '\ud83d\ude00', '\ud83d\ude00'],
  ['the text of half an emoji\u2019s escape', String.raw`a\ud83d`, String.raw`a\ud83d`],
  ['other control characters', '\u0001\n"', '\u0001\n"'],
])('JSON for jsonb loses NUL and halves of surrogates and nothing else: %s', (_, given, kept) => {
  expect(JSON.parse(jsonText({ [given]: [given] }))).toEqual({ [kept]: [kept] });
});
