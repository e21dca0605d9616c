import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { embeddedDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import {
  completed,
  recordingObject,
  videoFile,
  webhookBody,
  type MadeRecording,
} from '../../test/support/zoom-events.js';
import type { Recording } from '../domain/recording.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { automaticTrackingId, jobIdOfIngest, type IngestRequest } from '../domain/work-request.js';
import { readWebhook } from '../source/zoom/webhook-event.js';
import { recordingCatalog, type RecordingCatalog } from '../status/recording-catalog.js';
import { scheduleTable, type ScheduleTable } from '../status/schedule-table.js';
import { handleEvent, type EventServices } from './handle-event.js';
import { applySchedule } from './sync-schedule.js';

let opened: OpenedDatabase;
let catalog: RecordingCatalog;
let schedule: ScheduleTable;
let submitted: IngestRequest[];
let transcripts: Recording[];
let count = 0;
const jobs = new Set<string>();

beforeAll(async () => {
  opened = await embeddedDatabase();
  catalog = recordingCatalog(opened.database.tables);
  schedule = scheduleTable(opened.database.tables);
});
beforeEach(() => {
  submitted = [];
  transcripts = [];
});
afterAll(() => opened.remove());

function services(change: Partial<EventServices> = {}): EventServices {
  return {
    ...{ catalog, schedule },
    rules: { timeZone: 'America/New_York', bufferMinutes: 30, minimumDuration: 2, defaultSeriesId: undefined },
    submit: (request) => {
      const id = jobIdOfIngest(request);
      const created = !jobs.has(id);
      jobs.add(id);
      if (created) submitted.push(request);
      return Promise.resolve({ id, created });
    },
    submitTranscripts: (recording) => {
      transcripts.push(recording);
      return Promise.resolve([]);
    },
    submitLateFiles: () => Promise.resolve([]),
    ...change,
  };
}

async function handle(body: string, change: Partial<EventServices> = {}): Promise<string> {
  const reading = readWebhook(JSON.parse(body));
  if (reading.kind !== 'event') throw new Error(`no event: ${JSON.stringify(reading)}`);
  return handleEvent(services(change), reading.event, new Date());
}

/** A meeting like no other, with a class on Monday at nine in New York when asked for. */
async function meeting(isScheduled = true): Promise<Required<Pick<MadeRecording, 'uuid' | 'id'>>> {
  const made = { uuid: `uuid/${++count}==`, id: 90_000_000_000 + count };
  const monday = classOf(made.id);
  await schedule.replace(`test ${count}`, isScheduled ? [monday] : []);
  return made;
}

function classOf(id: number, change: Partial<ScheduledClass> = {}): ScheduledClass {
  return {
    ...{ meetingId: String(id), seriesId: `series ${id}`, courseCode: 'A', title: 'Section', day: 'M', time: '09:00' },
    ...change,
  };
}

const statusOf = async ({ uuid }: { uuid: string }) => {
  const ingest = await catalog.findIngest(automaticTrackingId(uuid));
  return ingest && [ingest.status, ...(ingest.reason === undefined ? [] : [ingest.reason])].join(': ');
};

describe('events of a recording', () => {
  it('start its ingest with what the schedule says', async () => {
    const made = await meeting();
    expect(await handle(completed(made))).toBe(`job recording:${made.uuid}`);
    expect(submitted).toMatchObject([
      {
        ...{ uuid: made.uuid, origin: 'webhook', trackingId: `auto-ingest-${made.uuid}` },
        ...{ allowMultipleIngests: false, ingestAllMp4: false },
        series: { id: `series ${made.id}`, title: 'Section', type: 'Section', courseCode: 'A' },
      },
    ]);
    expect(JSON.stringify(submitted)).not.toContain('hunter2');
    expect(await statusOf(made)).toBe('SENT_TO_DOWNLOADER');
    expect(await catalog.findIngest(automaticTrackingId(made.uuid))).toMatchObject({
      ...{ seriesId: `series ${made.id}`, jobId: `recording:${made.uuid}` },
    });
  });

  it('end in one state, whatever their order and however often they come', async () => {
    const at = (event_ts: number) => ({ event_ts });
    const bodies = (made: MadeRecording) => {
      const object = recordingObject(made);
      return [
        webhookBody('recording.started', object, at(1000)),
        webhookBody('recording.paused', object, at(2000)),
        webhookBody('recording.resumed', object, at(3000)),
        webhookBody('recording.stopped', object, at(4000)),
        webhookBody('meeting.ended', object, at(5000)),
        completed({ ...made, files: [videoFile({ id: 'one' })] }, at(6000)),
        completed({ ...made, files: [videoFile({ id: 'two' })] }, at(7000)),
      ];
    };
    for (let round = 0; round < 6; round++) {
      const made = await meeting();
      const shuffled = bodies(made)
        .flatMap((body) => [body, body])
        .map((body, index) => ({ body, rank: (index * 7919 + round * 104_729) % 1009 }))
        .sort((a, b) => a.rank - b.rank);
      for (const { body } of shuffled) await handle(body);
      expect(await statusOf(made)).toBe('SENT_TO_DOWNLOADER');
      expect(submitted.filter(({ uuid }) => uuid === made.uuid)).toHaveLength(1);
      const found = await catalog.find(made.uuid);
      expect(found?.recording.files.map(({ id }) => id).sort()).toEqual(['one', 'two']);
      expect(found?.recording.durationMinutes).toBe(52);
      expect((await catalog.recordingEvents(made.uuid)).map(({ kind }) => kind)).toEqual([
        ...['started', 'paused', 'resumed', 'stopped', 'ended'],
      ]);
    }
  });

  it('show what Zoom does meanwhile, and nothing of meetings that were not recorded', async () => {
    const made = await meeting();
    const object = recordingObject(made);
    expect(await handle(webhookBody('meeting.ended', recordingObject({ uuid: 'never recorded' })))).toBe(
      'was not recorded',
    );
    expect(await catalog.find('never recorded')).toBeUndefined();
    for (const [name, status] of [
      ['recording.started', 'RECORDING_IN_PROGRESS'],
      ['recording.paused', 'RECORDING_PAUSED'],
      ['recording.resumed', 'RECORDING_IN_PROGRESS'],
      ['recording.stopped', 'RECORDING_STOPPED'],
      ['webinar.ended', 'RECORDING_PROCESSING'],
    ] as const) {
      expect(await handle(webhookBody(name, object, { event_ts: Date.now() + ++count * 1000 }))).toBe(status);
      expect(await statusOf(made)).toBe(status);
    }
  });

  it('do not take a finished recording back', async () => {
    const made = await meeting();
    await handle(completed(made));
    await catalog.setStatus(automaticTrackingId(made.uuid), 'SENT_TO_OPENCAST');
    for (const name of ['recording.completed', 'recording.started', 'meeting.ended'])
      await handle(webhookBody(name, recordingObject(made), { event_ts: ++count }));
    await handle(completed({ ...made, files: [videoFile({ status: 'processing' })] }));
    expect(await statusOf(made)).toBe('SENT_TO_OPENCAST');
    expect(submitted).toHaveLength(1);
  });

  it('say what is wrong with a recording, and take it when Zoom tells it right', async () => {
    const made = await meeting();
    await handle(completed({ ...made, files: [videoFile({ status: 'processing' })] }, { event_ts: 1 }));
    expect(await statusOf(made)).toContain('WEBHOOK_FAILED: Bad webhook data: recording_files.0.status (processing)');
    await handle(completed(made, { event_ts: 2 }));
    expect(await statusOf(made)).toBe('SENT_TO_DOWNLOADER');
  });

  it.each([
    ['IGNORED: No mp4 files', { files: [videoFile({ file_type: 'CHAT' })] }],
    ['IGNORED: Recording <2 minutes', { duration: 1 }],
  ])('end in %s', async (status, change) => {
    const made = await meeting();
    await handle(completed({ ...made, ...change }));
    expect(await statusOf(made)).toBe(status);
    expect((await catalog.find(made.uuid))?.awaitsSchedule).toBe(false);
  });

  it('go on where a process ended in the middle', async () => {
    const made = await meeting();
    const body = completed(made);
    const down = () => Promise.reject(new Error('the process ended here'));
    await expect(handle(body, { submit: down })).rejects.toThrow('ended here');
    expect(await statusOf(made)).toBe('WEBHOOK_RECEIVED');
    expect(await handle(body)).toBe(`job recording:${made.uuid}`);
    // After the job was stored, and before that was noted.
    expect(await handle(body)).toBe('is under way or done');
    expect(submitted).toHaveLength(1);
  });
});

describe('a recording without a class', () => {
  it('waits, and is found by the schedule that has it', async () => {
    const made = await meeting(false);
    await handle(completed(made));
    expect(await statusOf(made)).toBe('IGNORED: No opencast series match');
    const wrong = await applySchedule({ ...services(), schedule, sheets: undefined }, 'late', {
      ...{ classes: [classOf(made.id, { day: 'T' })], problems: [] },
    });
    expect(wrong.rematched).toBe(0);
    const right = { classes: [classOf(made.id)], problems: [] };
    const all = { ...services(), schedule, sheets: undefined };
    expect(await applySchedule(all, 'late', right, { dryRun: true })).toMatchObject({ rematched: 0, unchanged: 0 });
    expect(await statusOf(made)).toBe('IGNORED: No opencast series match');
    expect(await applySchedule(all, 'late', right)).toMatchObject({ rematched: 1 });
    expect(await statusOf(made)).toBe('SENT_TO_DOWNLOADER');
    expect(await applySchedule(all, 'late', right)).toMatchObject({ rematched: 0, unchanged: 1 });
  });

  it('is found by the first part of its meeting, when that comes later', async () => {
    const made = await meeting();
    const second = { ...made, uuid: `${made.uuid} again` };
    await handle(
      completed({
        ...second,
        startTime: '2026-11-23T15:00:00Z',
        files: [videoFile({ recording_start: '2026-11-23T15:00:00Z' })],
      }),
    );
    expect(await statusOf(second)).toBe('IGNORED: No opencast series match');
    await handle(completed(made));
    expect(await statusOf(second)).toBe('SENT_TO_DOWNLOADER');
    expect(submitted.map(({ series }) => series.id)).toEqual([`series ${made.id}`, `series ${made.id}`]);
  });

  it('is not looked for any more once it is in the trash, until it is back', async () => {
    const made = await meeting(false);
    await handle(completed(made));
    const object = { ...recordingObject(made), recording_files: undefined };
    expect(await handle(webhookBody('recording.trashed', object, { event_ts: 10 }))).toBe('trashed');
    const all = { ...services(), schedule, sheets: undefined };
    await applySchedule(all, 'late', { classes: [classOf(made.id)], problems: [] });
    expect(submitted).toEqual([]);
    await handle(webhookBody('recording.recovered', object, { event_ts: 20 }));
    expect(await handle(webhookBody('recording.trashed', object, { event_ts: 15 }))).toBe('older than what is known');
    expect(await applySchedule(all, 'late', { classes: [classOf(made.id)], problems: [] })).toMatchObject({
      rematched: 1,
    });
  });
});

describe('other events', () => {
  it('leave a recording alone of which only some files went', async () => {
    const made = { ...(await meeting()), files: [videoFile({ id: 'one' }), videoFile({ id: 'two' })] };
    await handle(completed(made));
    const one = recordingObject({ ...made, files: [videoFile({ id: 'one' })] });
    expect(await handle(webhookBody('recording.trashed', one))).toBe('1 of its files are untouched');
    expect((await catalog.find(made.uuid))?.presence).toBe('available');
    expect(
      await handle(
        webhookBody('recording.batch_deleted', { meetings: [{ meeting_uuid: made.uuid }, { meeting_uuid: 'x' }] }),
      ),
    ).toBe('deleted; not known');
    expect((await catalog.find(made.uuid))?.presence).toBe('deleted');
  });

  it('bring a new name and a late transcript', async () => {
    const made = await meeting();
    await handle(completed(made));
    await handle(webhookBody('recording.renamed', { uuid: made.uuid, id: made.id, topic: 'New name' }));
    const files = [{ id: 't', file_type: 'TRANSCRIPT', file_extension: 'VTT', status: 'completed' }];
    await handle(webhookBody('recording.transcript_completed', recordingObject({ ...made, files })));
    expect(transcripts).toMatchObject([{ uuid: made.uuid, topic: 'New name' }]);
    expect(transcripts[0]?.files.map(({ fileType }) => fileType)).toEqual(['MP4', 'TRANSCRIPT']);
  });

  it('leave the start of a recording as it is when a transcript is told without one', async () => {
    const made = await meeting();
    const files = [{ id: 't', file_type: 'TRANSCRIPT', file_extension: 'VTT', status: 'completed' }];
    const object = { ...recordingObject({ ...made, files }), start_time: undefined };
    const told = webhookBody('recording.transcript_completed', object, { event_ts: Date.UTC(2026, 10, 24) });
    await handle(told);
    expect(transcripts[0]?.startTime).toBe('2026-11-24T00:00:00Z');
    await handle(completed(made));
    await handle(told);
    expect(transcripts[1]?.startTime).toBe('2026-11-23T14:00:00Z');
    expect((await catalog.find(made.uuid))?.recording.startTime).toBe('2026-11-23T14:00:00Z');
  });
});
