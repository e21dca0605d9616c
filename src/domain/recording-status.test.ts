import { describe, expect, it } from 'vitest';
import type { RecordingStateEvent } from './recording.js';
import { isZoomStatus, mayFollow, recordingStatuses, zoomStatusOf } from './recording-status.js';

describe('the status of an ingest', () => {
  it('takes the way of a recording that is ingested', () => {
    const way = [
      ...(['RECORDING_IN_PROGRESS', 'RECORDING_PAUSED', 'RECORDING_STOPPED', 'RECORDING_PROCESSING'] as const),
      ...(['WEBHOOK_RECEIVED', 'SENT_TO_DOWNLOADER', 'OC_SERIES_FOUND', 'SENT_TO_UPLOADER'] as const),
      ...(['UPLOADER_RECEIVED', 'SENT_TO_OPENCAST', 'OPENCAST_SUCCEEDED'] as const),
    ];
    for (const [index, next] of way.entries()) expect(mayFollow(way[index - 1], next)).toBe(true);
    for (const next of way) expect(mayFollow(next, next)).toBe(true);
  });

  it('is never taken back to what Zoom does by a late event', () => {
    const zoom = recordingStatuses.filter(isZoomStatus);
    const ingest = recordingStatuses.filter((status) => !isZoomStatus(status));
    for (const current of ingest) for (const next of zoom) expect(mayFollow(current, next)).toBe(false);
  });

  it('is finished when Opencast has the recording, whatever is announced again', () => {
    const possible = (current: (typeof recordingStatuses)[number]) =>
      recordingStatuses.filter((next) => next !== current && mayFollow(current, next));
    expect(possible('SENT_TO_OPENCAST')).toEqual(['OPENCAST_SUCCEEDED', 'OPENCAST_FAILED']);
    expect(possible('OPENCAST_FAILED')).toEqual(['OPENCAST_SUCCEEDED']);
    expect(possible('OPENCAST_SUCCEEDED')).toEqual([]);
  });

  it('goes on but not back while work is in progress', () => {
    expect(mayFollow('SENT_TO_DOWNLOADER', 'WEBHOOK_RECEIVED')).toBe(false);
    expect(mayFollow('SENT_TO_UPLOADER', 'OC_SERIES_FOUND')).toBe(false);
    expect(mayFollow('SENT_TO_DOWNLOADER', 'ON_DEMAND_RECEIVED')).toBe(false);
    expect(mayFollow('OC_SERIES_FOUND', 'WEBHOOK_FAILED')).toBe(false);
    expect(mayFollow('WEBHOOK_RECEIVED', 'WEBHOOK_FAILED')).toBe(true);
    expect(mayFollow('OC_SERIES_FOUND', 'DOWNLOADER_FAILED')).toBe(true);
    expect(mayFollow('OC_SERIES_FOUND', 'IGNORED')).toBe(true);
    expect(mayFollow('UPLOADER_RECEIVED', 'UPLOADER_FAILED')).toBe(true);
  });

  it('may begin anew after a failure, and after it was ignored for want of a class', () => {
    for (const current of ['WEBHOOK_FAILED', 'IGNORED', 'DOWNLOADER_FAILED', 'UPLOADER_FAILED'] as const) {
      expect(mayFollow(current, 'WEBHOOK_RECEIVED')).toBe(true);
      expect(mayFollow(current, 'SENT_TO_DOWNLOADER')).toBe(true);
    }
  });
});

describe('what Zoom does with a recording', () => {
  const at = (kind: RecordingStateEvent['kind'], seconds: number): RecordingStateEvent => ({ kind, at: seconds });
  const cases: [string, RecordingStateEvent[], ReturnType<typeof zoomStatusOf>][] = [
    ['nothing, of a meeting that merely ended', [at('ended', 100)], undefined],
    ['is in progress once started', [at('started', 1)], 'RECORDING_IN_PROGRESS'],
    ['is paused', [at('started', 1), at('paused', 5)], 'RECORDING_PAUSED'],
    ['is resumed', [at('started', 1), at('paused', 5), at('resumed', 9)], 'RECORDING_IN_PROGRESS'],
    ['is stopped', [at('started', 1), at('stopped', 5)], 'RECORDING_STOPPED'],
    ['is restarted', [at('started', 1), at('stopped', 5), at('started', 9)], 'RECORDING_IN_PROGRESS'],
    ['is processed when the meeting has ended', [at('started', 1), at('ended', 9)], 'RECORDING_PROCESSING'],
    ['stopped in the second it started', [at('started', 1), at('stopped', 1)], 'RECORDING_STOPPED'],
    [
      'is processed though it stopped in the second of the end',
      [at('started', 1), at('stopped', 9), at('ended', 9)],
      'RECORDING_PROCESSING',
    ],
  ];

  it.each(cases)('%s, in whatever order that was told', (_, events, expected) => {
    for (const order of permutations(events)) expect(zoomStatusOf([...order, ...order])).toBe(expected);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
