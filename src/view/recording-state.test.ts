import { expect, it } from 'vitest';
import { recordingStatuses, type RecordingStatus } from '../domain/recording-status.js';
import { stateOf, statusGroups, statusText } from './recording-state.js';

it.each<[string, readonly RecordingStatus[], boolean, string]>([
  ['nothing was done with', [], false, 'known'],
  ['is ingested anew after it succeeded', ['OPENCAST_SUCCEEDED', 'UPLOADER_FAILED'], false, 'in Opencast'],
  ['failed first', ['UPLOADER_FAILED', 'SENT_TO_OPENCAST'], false, 'Opencast works on it'],
  ['waits for a class', ['IGNORED'], true, 'no class found'],
  ['was asked for while it waits for a class', ['IGNORED', 'STREAM_SUCCEEDED'], true, 'can be watched'],
])('of a recording that %s', (_, statuses, awaitsSchedule, text) => {
  expect(stateOf({ ingests: statuses.map((status) => ({ status })), awaitsSchedule }).text).toBe(text);
});

it('a status has words, and what is none stays as it is', () => {
  expect(statusText('UPLOADER_FAILED')).toBe('Opencast did not take it');
  expect(statusText('recording.started')).toBe('recording.started');
  expect(statusText('toString')).toBe('toString');
});

it('failed is every status that says so', () => {
  expect([...statusGroups.failed.statuses].sort()).toEqual(
    recordingStatuses.filter((status) => status.endsWith('_FAILED')).sort(),
  );
});
