import { expect, it } from 'vitest';
import { ingestOfLesson } from '../../test/support/recordings-lesson.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { IngestOrigin } from '../domain/work-request.js';
import { isUnanswered } from './take-recording.js';

type Standing = readonly [IngestOrigin, RecordingStatus];

it.each<[string, readonly Standing[], boolean]>([
  ['of which only states are known', [['webhook', 'RECORDING_STOPPED']], true],
  ['whose announcement was broken', [['webhook', 'WEBHOOK_FAILED']], true],
  ['that somebody asked for in vain, and that nobody announced', [['on_demand', 'IGNORED']], true],
  ['whose wish was cut off', [['on_demand', 'ON_DEMAND_RECEIVED']], true],
  ['that is no work', [['webhook', 'IGNORED']], false],
  [
    'that is work, which somebody asked for as well',
    [
      ['webhook', 'OC_SERIES_FOUND'],
      ['on_demand', 'IGNORED'],
    ],
    false,
  ],
  ['that failed where somebody saw it', [['on_demand', 'UPLOADER_FAILED']], false],
])('a sweep takes a recording, or leaves it: %s', (_, standing, expected) => {
  const { recording, uuid } = ingestOfLesson();
  const ingests = standing.map(([origin, status], index) => {
    return { trackingId: String(index), uuid, origin, status, updatedAt: new Date() };
  });
  const known = { recording, presence: 'available', awaitsSchedule: false, ingests, playbackUrls: [] } as const;
  expect(isUnanswered(known)).toBe(expected);
});
