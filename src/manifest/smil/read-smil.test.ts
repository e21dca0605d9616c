import { describe, expect, it } from 'vitest';
import { readSmil } from './read-smil.js';

const document = (body: string) =>
  `<?xml version="1.0"?><smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head/><body>${body}</body></smil>`;
const plain = { languages: [], audioNames: [], includeAudio: [], line: 1 };

describe('readSmil', () => {
  it.each([
    [
      'files in a switch',
      '<alias value="A"/><switch><video src="a.mp4"/><video name="b/c.mp4"/></switch>',
      {
        videos: [
          { ...plain, src: 'a.mp4' },
          { ...plain, src: 'b/c.mp4' },
        ],
        texts: [],
      },
    ],
    [
      'what is said of audio tracks',
      '<video name="a.mp4" systemLanguage="eng, fra" audioName="English,French" includeAudio="true,FALSE"/>',
      {
        videos: [
          {
            src: 'a.mp4',
            languages: ['eng', 'fra'],
            audioNames: ['English', 'French'],
            includeAudio: [true, false],
            line: 1,
          },
        ],
        texts: [],
      },
    ],
    [
      'other spellings',
      '<VIDEO SRC="a.mp4" system-language="eng"/>',
      { videos: [{ ...plain, src: 'a.mp4', languages: ['eng'] }], texts: [] },
    ],
    [
      'text',
      '<video src="a.mp4"/><textstream src="a.srt" systemLanguage="eng" subtitleName="English"/>',
      { videos: [{ ...plain, src: 'a.mp4' }], texts: [{ src: 'a.srt', language: 'eng', name: 'English', line: 1 }] },
    ],
  ])('reads %s', (_, body, expected) => {
    expect(readSmil(document(body))).toEqual(expected);
  });

  it.each([
    ['another document', '<MPD/>', 'not SMIL: its root is <MPD>'],
    ['no video', document('<switch/>'), 'no <video> in its body'],
    ['a video without a file', document('<video systemLanguage="eng"/>'), '<video> has neither src nor name'],
    [
      'a flag that is none',
      document('<video src="a" includeAudio="maybe"/>'),
      'includeAudio: true or false is allowed; given: maybe',
    ],
    ['entities', `<!DOCTYPE smil [<!ENTITY a "b">]>${document('<video src="&a;"/>')}`, 'DOCTYPE'],
    ['what is not well-formed', '<smil><body></smil>', 'not well-formed XML'],
    ['too many files', document('<video src="a"/>'.repeat(65)), 'maximumSmilFiles'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readSmil(text)).toThrow(message);
  });
});
