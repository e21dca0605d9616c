import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../domain/failure.js';
import { secondsIso } from '../domain/recording.js';
import { weekdays } from '../domain/weekday.js';
import type { IngestResult } from '../workflow/ingest-recording.js';
import { demoSeries, startDemoOpencast } from './demo-opencast.js';
import { startDemoZoom } from './demo-zoom.js';
import { formatBytes } from './quantity.js';
import type { RunningServer } from './serve.js';
import type { Terminal } from './terminal.js';

/** The two systems that the recordings line stands between, on loopback. */
export interface DemoCampus {
  /** Settings of Reelway that lead to both. */
  readonly settings: Readonly<Record<string, string>>;
  /** A lesson is recorded, announced, matched, fetched and ingested; prints what happens. */
  teach(given: { server: RunningServer; video: Uint8Array; terminal: Terminal; signal: AbortSignal }): Promise<void>;
  readonly close: () => Promise<void>;
}

const meetingId = 123_456_789;
/** milliseconds */
const [day, lessonLasts] = [86_400_000, 50 * 60_000];

export async function startDemoCampus(): Promise<DemoCampus> {
  const [zoom, opencast] = await Promise.all([startDemoZoom(), startDemoOpencast()]);
  return {
    settings: { ...zoom.settings, ...opencast.settings, LOCAL_TIME_ZONE: 'UTC', REELWAY_PRIVATE_HOSTS: '127.0.0.1' },
    async teach({ server, video, terminal, signal }) {
      const start = Date.now() - (Date.now() % day) - day + 14 * 3_600_000;
      await importSchedule(server, new Date(start));
      // Each run has a lesson of its own: one that is in Opencast is not ingested again.
      const uuid = randomBytes(16).toString('base64');
      const [startTime, endTime] = [secondsIso(start), secondsIso(start + lessonLasts)];
      zoom.record({ uuid, meetingId, topic: demoSeries.title, startTime, endTime, video });
      const status = await zoom.announce(server.url, signal);
      terminal.print(`Zoom announces the recording ${uuid}: webhook answered ${status}`);
      const { eventId } = await ingestOf(server, uuid, signal);
      const event = opencast.events.find(({ id }) => id === eventId);
      if (!event) throw new Error(`The job ended, but Opencast has no event ${eventId}.`);
      terminal.print(
        `Opencast: event ${eventId} of the series "${demoSeries.title}", ${event.tracks} track, ${formatBytes(event.bytes)}, workflow ${event.workflow} succeeded`,
      );
    },
    async close() {
      await Promise.all([zoom.close(), opencast.close()]);
    },
  };
}

/** The class that the lesson belongs to, as an operator would import it. */
async function importSchedule({ services }: RunningServer, start: Date): Promise<void> {
  const classes = [
    {
      zoom_series_id: meetingId,
      opencast_series_id: demoSeries.id,
      course_code: 'MOVE 101',
      // ISO 8601 counts from Monday, Date from Sunday.
      events: [{ day: weekdays[(start.getUTCDay() + 6) % 7], time: '14:00', title: 'Lecture' }],
    },
  ];
  const { schedule } = services.startIntake(false);
  const report = await schedule.importFile({ name: 'demo.json', format: 'json', text: JSON.stringify(classes) }, {});
  if (report.problems.length > 0) throw new Error(report.problems[0]?.reason);
}

/** milliseconds between looks whether the webhook has become a job */
const lookMs = 50;

async function ingestOf({ services }: RunningServer, uuid: string, signal: AbortSignal): Promise<IngestResult> {
  const id = `recording:${uuid}`;
  const { engine } = services;
  while (!(await isStored(engine, id))) await sleep(lookMs, undefined, { signal });
  return engine.result<IngestResult>(id, signal);
}

/** The webhook was acknowledged when it was durable; it becomes a job a moment later. */
function isStored({ jobs }: RunningServer['services']['engine'], id: string): Promise<boolean> {
  return jobs.find(id).then(
    () => true,
    (error: unknown) => {
      if (toFailure(error).code === 'not_found') return false;
      throw error;
    },
  );
}
