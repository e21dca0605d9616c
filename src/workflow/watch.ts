import type { Logger } from 'pino';
import { alertChanges, type Alert, type AlertKind, type FoundAlerts } from '../domain/alert.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { occurrences, withoutRecording, type Occurrence } from '../intake/missing-recordings.js';
import { groupsOf, noticeOfAlerts } from '../notify/alert-notice.js';
import type { Notice } from '../notify/notice.js';
import type { AlertTable } from '../status/alert-table.js';
import type { DiskSpace, QueueState } from '../status/system-view.js';

/** Something outside that Reelway needs. */
export interface Probe {
  readonly name: string;
  /** Throws what is wrong. */
  run(signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
  readonly alerts: AlertTable;
  /** True for one process at a time, now and then. */
  readonly isDue: () => Promise<boolean>;
  readonly probes: readonly Probe[];
  readonly queues: () => Promise<readonly QueueState[]>;
  readonly disks: () => Promise<readonly DiskSpace[]>;
  /** Absent where no webhooks are expected. */
  readonly lastValidation: (() => Promise<Date | undefined>) | undefined;
  readonly classes: () => Promise<readonly ScheduledClass[]>;
  readonly timeZone: string;
  /** hours after the beginning of a class by which its recording must be known; 0: not looked at */
  readonly classHours: number;
  readonly publicUrl: () => string;
  /** Gives the notice to every target. One that was given before is not given again. */
  readonly tell: (notice: Notice) => Promise<void>;
  readonly log: Logger;
}

export interface Watch {
  /** Looks at everything once. @param now milliseconds since 1970 */
  look(now?: number): Promise<void>;
  /** Looks again and again, until stopped. */
  start(): { stop: () => Promise<void> };
}

const minute = 60_000;
const hour = 60 * minute;
/** milliseconds between looks; who looks is decided anew each time */
const lookEvery = 15_000;
/** milliseconds for one probe */
const probeTimeout = 10_000;
/** share of a disk */
const littleSpace = 0.1;
const queueOldMs = hour;
/** Zoom validates every 72 hours: one missed, and some. */
const validationOldMs = 96 * hour;
/** Of more dead letters the newest count. */
const deadLettersAtMost = 200;
/** milliseconds that a class, or a recording, is looked back at */
const lookBack = 24 * hour;

type Found = Omit<Alert, 'kind'>;

/** Looks for what an operator must know, and tells what begins and what is over. */
export function watch(options: WatchOptions): Watch {
  const { alerts, log, publicUrl, tell } = options;

  async function look(now = Date.now()): Promise<void> {
    const found = await findings(options, now);
    const changes = alertChanges(await alerts.known(), found, now);
    // Told before it is noted: killed in between, the same is told under the same id, which is once.
    const over = changes.over.filter(({ toldAt }) => toldAt !== null);
    for (const group of [...groupsOf(changes.raised, 'begun'), ...groupsOf(over, 'over')]) {
      log.warn({ alert: group.kind, state: group.state, subjects: group.alerts.length }, 'alert');
      await tell(noticeOfAlerts(group, publicUrl()));
    }
    await alerts.note(changes, now);
  }

  return {
    look,
    start() {
      let turn: Promise<void> | undefined;
      const tick = async () => {
        try {
          if (await options.isDue()) await look();
        } catch (error) {
          log.warn({ reason: String(error) }, 'could not look for alerts');
        }
      };
      const timer = setInterval(() => void (turn ??= tick().finally(() => (turn = undefined))), lookEvery);
      return {
        async stop() {
          clearInterval(timer);
          await turn;
        },
      };
    },
  };
}

/** One that cannot be looked at leaves what is known of it as it is. */
async function findings(options: WatchOptions, now: number): Promise<FoundAlerts> {
  const { alerts, log } = options;
  const looks: Record<AlertKind, () => Promise<Found[]>> = {
    dead_letter: async () =>
      (await alerts.deadLetters(deadLettersAtMost)).map(({ id, title }) => ({
        subject: id,
        what: `Failed: ${title} [${id}]`,
      })),
    unmatched_recording: () => unmatched(options, now),
    class_without_recording: () => missing(options, now),
    webhook_stale: () => staleWebhook(options, now),
    unreachable: async () => (await Promise.all(options.probes.map((probe) => unreachable(probe)))).flat(),
    disk_low: async () => (await options.disks()).filter(({ free, total }) => free < total * littleSpace).map(lowDisk),
    queue_old: async () =>
      (await options.queues())
        .filter(({ oldestWaiting }) => oldestWaiting !== null && now - oldestWaiting > queueOldMs)
        .map(({ name, waiting }) => ({
          subject: name,
          what: `${waiting} jobs wait in the queue ${name}, the first for more than an hour`,
        })),
    worker_lost: async () =>
      (await alerts.lostWorkers()).map(({ id, host }) => ({ subject: id, what: `Worker ${id} on ${host} is gone` })),
  };
  const found = new Map<AlertKind, Found[]>();
  for (const [kind, find] of Object.entries(looks) as [AlertKind, () => Promise<Found[]>][])
    try {
      found.set(kind, await find());
    } catch (error) {
      log.warn({ alert: kind, reason: String(error) }, 'could not look for an alert');
    }
  return found;
}

async function unreachable(probe: Probe): Promise<Found[]> {
  const { name } = probe;
  const signal = AbortSignal.timeout(probeTimeout);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${probeTimeout / 1000} s`)));
  });
  try {
    await Promise.race([probe.run(signal), late]);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ subject: name, what: `${name} does not answer: ${reason}` }];
  }
}

function lowDisk({ path, free, total }: DiskSpace): Found {
  return {
    subject: path,
    what: `${path} has ${Math.floor((free / total) * 100)} % of its space left (${(free / 1e9).toFixed(1)} GB)`,
  };
}

async function staleWebhook({ lastValidation }: WatchOptions, now: number): Promise<Found[]> {
  const last = await lastValidation?.();
  // Never validated: it was set up otherwise, or just now.
  if (!last || now - last.getTime() <= validationOldMs) return [];
  return [{ subject: 'webhook', what: `Zoom validated the webhook address last on ${last.toISOString()}` }];
}

async function unmatched({ alerts, classes, timeZone }: WatchOptions, now: number): Promise<Found[]> {
  const waiting = (await alerts.recordingsSince(now - lookBack)).filter((each) => each.awaitsSchedule);
  if (waiting.length === 0) return [];
  const held = occurrences(await classes(), { from: now - lookBack - hour, until: now }, timeZone);
  return waiting
    .filter(({ startTime }) => held.some(({ begin }) => Math.abs(startTime - begin) < hour))
    .map(({ uuid, topic, meetingId, startTime }) => ({
      subject: uuid,
      what: `Recording "${topic}" of meeting ${meetingId}, ${new Date(startTime).toISOString()}, matches no class`,
    }));
}

async function missing({ alerts, classes, timeZone, classHours }: WatchOptions, now: number): Promise<Found[]> {
  if (classHours === 0) return [];
  const held = occurrences(await classes(), { from: now - lookBack, until: now - classHours * hour }, timeZone);
  if (held.length === 0) return [];
  const recordings = await alerts.recordingsSince(now - lookBack - 2 * hour);
  return withoutRecording(held, recordings, classHours).map(missingClass);
}

function missingClass({ scheduled, begin }: Occurrence): Found {
  const at = new Date(begin).toISOString();
  const { courseCode, title, meetingId } = scheduled;
  return {
    subject: `${meetingId} ${scheduled.seriesId} ${at}`,
    what: `${courseCode} ${title} at ${at} (meeting ${meetingId}) has no recording`,
  };
}
