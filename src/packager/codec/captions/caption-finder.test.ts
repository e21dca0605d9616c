import { describe, expect, it } from 'vitest';
import { type Pair, rollUp, writeCaptionSei, writeCcData } from '../../../../test/support/caption-writer.js';
import { CaptionFinder } from './caption-finder.js';
import { parseCcData } from './cc-data.js';

const padding: Pair = [0, 0, 0];
const found = (pairs: readonly Pair[], codec: 'avc' | 'hevc' = 'avc') => {
  const finder = new CaptionFinder();
  finder.add(writeCaptionSei(pairs, codec), codec);
  return finder.found;
};

describe('CaptionFinder', () => {
  it.each<[string, readonly Pair[], string[]]>([
    ['nothing in padding', [padding, [1, 0, 0]], []],
    ['CC1', rollUp(0, 1), ['CC1']],
    ['CC2 and CC3', [...rollUp(1, 1), ...rollUp(0, 2)], ['CC2', 'CC3']],
    ['CC4', rollUp(1, 2), ['CC4']],
    ['CC1 in letters alone', [[0, 0x48, 0x69]], ['CC1']],
    [
      'no captions in extended data services',
      [
        [1, 0x01, 0x03],
        [1, 0x41, 0x42],
        [1, 0x0f, 0x1d],
      ],
      [],
    ],
    ['captions after extended data services', [[1, 0x01, 0x03], [1, 0x41, 0x42], ...rollUp(1, 1)], ['CC3']],
    [
      'no captions in text',
      [
        [0, 0x14, 0x2a],
        [0, 0x41, 0x42],
      ],
      [],
    ],
    [
      'a service of CEA-708',
      [
        [3, 0x02, 0x22],
        [2, 0x41, 0x42],
      ],
      ['SERVICE1'],
    ],
    [
      'two services of one packet',
      [
        [3, 0x03, 0x21],
        [2, 0x41, 0x41],
        [2, 0x42, 0],
      ],
      ['SERVICE1', 'SERVICE2'],
    ],
    [
      'a service with an extended number',
      [
        [3, 0x02, 0xe1],
        [2, 0x0a, 0x41],
      ],
      ['SERVICE10'],
    ],
    ['no service in an empty block', [[3, 0x01, 0x20]], []],
    [
      'a packet of 128 bytes',
      [
        [3, 0x00, 0x2f],
        [2, 1, 2],
      ],
      ['SERVICE1'],
    ],
  ])('finds %s', (_, pairs, expected) => {
    expect(found(pairs)).toEqual(expected);
    expect(found(pairs, 'hevc')).toEqual(expected);
  });

  it('knows the channel and the mode from pictures before', () => {
    const finder = new CaptionFinder();
    for (const pairs of [rollUp(0, 2), [[0, 0x41, 0x42]] as Pair[]]) finder.add(writeCaptionSei(pairs), 'avc');
    expect(finder.found).toEqual(['CC2']);
  });

  it('looks at SEI alone', () => {
    const finder = new CaptionFinder();
    finder.add(writeCaptionSei(rollUp(0, 1)).with(0, 0x65), 'avc');
    finder.add(new Uint8Array(), 'hevc');
    expect(finder.found).toEqual([]);
  });
});

describe('parseCcData', () => {
  const pairs = [[0, 0x48, 0x69]] as Pair[];

  it('reads pairs with their types', () => {
    expect(
      parseCcData(
        writeCcData([
          [2, 1, 2],
          [3, 4, 5],
        ]),
      ),
    ).toEqual([
      { type: 2, bytes: [1, 2] },
      { type: 3, bytes: [4, 5] },
    ]);
  });

  it.each([
    ['user data of another kind', writeCcData(pairs, { identifier: 'DTG1' })],
    ['what is not to be processed', writeCcData(pairs, { process: false })],
    ['pairs that are not valid', writeCcData(pairs, { valid: false })],
    ['what is cut off', writeCcData(pairs).subarray(0, 11)],
    ['nothing', new Uint8Array()],
  ])('takes no pairs of %s', (_, message) => {
    expect(parseCcData(message)).toEqual([]);
  });
});
