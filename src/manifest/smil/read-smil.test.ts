import { describe, expect, it } from 'vitest';
import { brokenSmil, smilDocument } from '../../../test/support/smil-cases.js';
import { readSmil } from './read-smil.js';

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
    expect(readSmil(smilDocument(body))).toEqual(expected);
  });

  it.each(brokenSmil)('refuses %s', (_, text, message) => {
    expect(() => readSmil(text)).toThrow(message);
  });
});
