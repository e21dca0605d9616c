import { expect, it } from 'vitest';
import { writeSpliceInsert, writeTimeSignal } from '../../../test/support/splice-writer.js';
import { regularCuts, rendition, syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import { planPresentation } from './plan-presentation.js';
import { spliceCues } from './splice-cues.js';

const second = 90_000;
const presentation = planPresentation(
  syntheticIndex(
    rendition({ uri: 'a', tracks: [videoTrack()], cuts: [regularCuts(4, 4)] }),
    rendition({ uri: 'b', tracks: [videoTrack({ width: 640 })], cuts: [regularCuts(4, 4)] }),
  ),
  { Id: 'test', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } },
);

/** Seconds of the cues of messages that both renditions have: in which segment they come, from 1, and when they take effect, seconds. */
function times(...messages: readonly (readonly [segment: number, time: number, section: Uint8Array])[]) {
  const names = presentation.tracks.flatMap(({ periods }) => periods[0]!.segments);
  const facts = new Map(
    names.map(({ name, number }) => {
      const own = messages.filter(([segment]) => segment === number);
      const splices = own.map(([, time, data]) => ({
        time: time * second,
        section: Buffer.from(data).toString('base64'),
      }));
      return [name, { size: 1, splices }];
    }),
  );
  return spliceCues(presentation, facts, 'SEGMENTS')[0]!.map(({ time }) => time / second);
}

const insert = (seconds: number, eventId = 1) => writeSpliceInsert({ eventId, pts: seconds * second });
const cancel = (eventId = 1) => writeSpliceInsert({ eventId, cancelled: true });
const signal = (seconds: number, eventId = 1) =>
  writeTimeSignal(seconds * second, { segmentations: [{ typeId: 0x30, eventId }] });
const cancelSignal = writeTimeSignal(undefined, { segmentations: [{ typeId: 0x30, cancelled: true }] });

it.each([
  [
    'takes each message once, whichever renditions and segments repeat it',
    [
      [1, 8, insert(8)],
      [2, 8, insert(8)],
    ],
    [8],
  ],
  [
    'leaves out what is cancelled before it takes effect',
    [
      [1, 8, insert(8)],
      [2, 6, cancel()],
    ],
    [],
  ],
  [
    'keeps what has begun',
    [
      [1, 2, insert(2)],
      [2, 6, cancel()],
    ],
    [2],
  ],
  [
    'keeps other events',
    [
      [1, 8, insert(8, 2)],
      [1, 8, signal(8)],
      [2, 6, cancel()],
    ],
    [8, 8],
  ],
  [
    'takes what is announced anew',
    [
      [1, 8, insert(8)],
      [2, 6, cancel()],
      [2, 12, insert(12)],
    ],
    [12],
  ],
  [
    'leaves out cancelled segmentations',
    [
      [1, 8, signal(8)],
      [1, 9, signal(9, 2)],
      [2, 6, cancelSignal],
    ],
    [9],
  ],
] as const)('%s', (_, messages, expected) => {
  expect(times(...messages)).toEqual(expected);
});
