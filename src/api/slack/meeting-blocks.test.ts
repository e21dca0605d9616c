import { describe, expect, it } from 'vitest';
import type { Recording } from '../../domain/recording.js';
import type { CatalogIngest } from '../../status/recording-progress.js';
import type { CatalogRecording } from '../../status/recording-views.js';
import { meetingBlocks, messageSize, type MeetingFacts } from './meeting-blocks.js';

function recordingOf(day: number, ...ingests: Partial<CatalogIngest>[]): CatalogRecording {
  const uuid = `uuid ${day}`;
  const recording: Recording = {
    ...{ accountId: 'account', uuid, meetingId: '1234567890', topic: 'Algebra', hostId: 'host', files: [] },
    ...{ startTime: `2026-11-0${day}T19:07:00Z`, durationMinutes: 50 },
  };
  return {
    ...{ recording, presence: 'available', awaitsSchedule: false, playbackUrls: [] },
    ingests: ingests.map((change, index) => ({
      ...{ trackingId: `${uuid} ${index}`, uuid, origin: 'webhook', status: 'OPENCAST_SUCCEEDED' },
      updatedAt: new Date('2026-11-20T19:07:00Z'),
      ...change,
    })),
  };
}

function blocksOf(recordings: readonly CatalogRecording[], rules: Partial<MeetingFacts['rules']> = {}) {
  const facts: MeetingFacts = {
    ...{ meetingId: '1234567890', recordings, classes: [], source: 'Reelway' },
    rules: { timeZone: 'America/New_York', bufferMinutes: 30, defaultSeriesId: undefined, ...rules },
  };
  return meetingBlocks(facts, { newestStartTime: undefined, startIndex: 0, count: messageSize });
}

const wordsOf = (...given: Parameters<typeof blocksOf>) => JSON.stringify(blocksOf(...given));

describe('the message of a meeting', () => {
  it('has no more blocks than Slack takes, however often its recordings were asked for', () => {
    const failures = Array.from({ length: 20 }, (_, index) => ({
      ...({ origin: 'on_demand', status: 'UPLOADER_FAILED', jobId: `job ${index}`, seriesId: 'series' } as const),
      reason: 'Opencast answers 500',
    }));
    const blocks = blocksOf([1, 2, 3, 4, 5, 6, 7].map((day) => recordingOf(day, ...failures)));
    expect(blocks.length).toBeLessThanOrEqual(50);
    const text = JSON.stringify(blocks);
    expect(text.match(/Recording of/g)).toHaveLength(messageSize);
    expect(text.match(/On-demand ingest/g)?.length).toBeGreaterThan(messageSize);
  });

  it('says how far it is what the default series takes', () => {
    const taken = { status: 'SENT_TO_DOWNLOADER', seriesId: 'default' } as const;
    expect(wordsOf([recordingOf(2, taken)])).toContain('*Status:* Waits for its files to be fetched.');
    expect(wordsOf([recordingOf(2, { status: 'WEBHOOK_RECEIVED' })])).toContain('*Status:* Ignored. No class');
  });

  it('says where the recordings go of a meeting that the schedule does not have', () => {
    expect(wordsOf([])).toContain('its recordings are not ingested by themselves.');
    expect(wordsOf([], { defaultSeriesId: 'a<b' })).toContain('its recordings go into the default series a&lt;b.');
  });
});
