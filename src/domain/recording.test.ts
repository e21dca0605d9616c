import { describe, expect, it } from 'vitest';
import { mergeRecordings, recordingFileKey, recordingSchema, utcTime, type Recording } from './recording.js';

const recording: Recording = {
  ...{ accountId: 'account', uuid: 'aB+/c==', meetingId: '93812345678', topic: 'Algebra', hostId: 'host' },
  ...{ startTime: '2026-11-22T14:00:00Z', durationMinutes: 50 },
  files: [{ id: 'video', fileType: 'MP4', status: 'processing', recordingType: 'active_speaker' }],
};

describe('what is known of a recording', () => {
  it('grows with each description: files add up, of one file the later description counts', () => {
    const later: Recording = {
      ...recording,
      ...{ topic: 'Algebra I', hostEmail: 'host@example.edu', durationMinutes: 55 },
      files: [
        { id: 'video', fileType: 'MP4', status: 'completed', fileSize: 7 },
        { fileType: 'TIMELINE', recordingStart: '2026-11-22T14:00:05Z' },
      ],
    };
    const merged = mergeRecordings(recording, later);
    expect(merged).toMatchObject({ topic: 'Algebra I', hostEmail: 'host@example.edu', durationMinutes: 55 });
    expect(merged.files).toEqual([
      { id: 'video', fileType: 'MP4', status: 'completed', recordingType: 'active_speaker', fileSize: 7 },
      { fileType: 'TIMELINE', recordingStart: '2026-11-22T14:00:05Z' },
    ]);
    expect(mergeRecordings(merged, later)).toEqual(merged);
  });

  it('does not lose a fact to a description that leaves it out or empty', () => {
    const known = { ...recording, hostEmail: 'host@example.edu', timezone: 'America/New_York' };
    expect(mergeRecordings(known, { ...recording, topic: '', durationMinutes: 0 })).toMatchObject({
      ...{ durationMinutes: 50, hostEmail: 'host@example.edu', timezone: 'America/New_York', topic: 'Algebra' },
    });
  });

  it('tells files without an id from each other by their kind and time', () => {
    const keys = [
      recordingFileKey({ fileType: 'CC', recordingStart: '2026-11-22T14:00:05Z' }),
      recordingFileKey({ fileType: 'CC', recordingStart: '2026-11-22T14:30:00Z' }),
      recordingFileKey({ fileType: 'TIMELINE', recordingStart: '2026-11-22T14:00:05Z' }),
    ];
    expect(new Set(keys).size).toBe(3);
  });

  it('refuses times that are not UTC and meeting numbers that are none', () => {
    expect(recordingSchema.safeParse(recording).success).toBe(true);
    expect(recordingSchema.safeParse({ ...recording, startTime: '2026-11-22T14:00:00+01:00' }).success).toBe(false);
    expect(recordingSchema.safeParse({ ...recording, meetingId: '93 812' }).success).toBe(false);
  });
});

it.each([
  ['2026-11-22T14:00:00Z', '2026-11-22T14:00:00Z'],
  ['2026-11-22T14:00:00.750Z', '2026-11-22T14:00:00Z'],
  ['2026-11-22T09:00:00-05:00', '2026-11-22T14:00:00Z'],
  ['yesterday', undefined],
  ['', undefined],
])('the time %j is %j in UTC', (given, expected) => {
  expect(utcTime(given)).toBe(expected);
});
