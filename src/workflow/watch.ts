import type { Logger } from 'pino';
import { alertChanges, type AlertKind, type FoundAlert, type FoundAlerts, type KnownAlert } from '../domain/alert.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { occurrences, withoutRecording, type Occurrence } from '../intake/missing-recordings.js';
import { groupsOf, noticeOfAlerts, type AlertGroup } from '../notify/alert-notice.js';
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
  /** Who is told, without secrets, in the order of REELWAY_NOTIFY. */
  readonly targets: readonly string[];
  /** Gives the notice to a target. One that was given before is not given again. @param target index */
  readonly tell: (notice: Notice, target: number) => Promise<void>;
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
/** milliseconds since a class, or a recording, began, after which it is past */
const lookBack = 24 * hour;
/** milliseconds that are looked at, so that what is past is seen once more and not taken for over */
const wholeLookBack = 2 * lookBack;

/** Looks for what an operator must know, and tells what begins and what is over. */
export function watch(options: WatchOptions): Watch {
  const { alerts, log, publicUrl } = options;

  async function tell(group: AlertGroup): Promise<void> {
    const notice = noticeOfAlerts(group, publicUrl());
    const { kind, state, alerts } = group;
    log.warn({ alert: kind, state, subjects: alerts.length, about: notice.subject }, 'alert');
    for (const target of options.targets.keys()) if (!isAbout(group, target)) await options.tell(notice, target);
  }

  async function look(now = Date.now()): Promise<void> {
    const known = await alerts.known();
    const changes = alertChanges(known, await findings(options, known, now), now);
    // Since when it is so names the notice, that it was told is noted last: killed in between, the same is told under the same id, which is once.
    await alerts.noteBegun(changes.begun);
    const over = changes.over.filter(({ toldAt }) => toldAt !== null);
    for (const group of [...groupsOf(changes.raised, 'begun'), ...groupsOf(over, 'over')]) await tell(group);
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
async function findings(options: WatchOptions, known: readonly KnownAlert[], now: number): Promise<FoundAlerts> {
  const { alerts, log } = options;
  const knownDead = known.flatMap(({ kind, subject }) => (kind === 'dead_letter' ? [subject] : []));
  const looks: Record<AlertKind, () => Promise<FoundAlert[]>> = {
    dead_letter: async () =>
      (await alerts.deadLetters(deadLettersAtMost, knownDead)).map(({ id, title }) => ({
        subject: id,
        what: `Failed: ${title} [${id}]`,
      })),
    unmatched_recording: () => unmatched(options, now),
    class_without_recording: () => missing(options, now),
    webhook_stale: () => staleWebhook(options, now),
    unreachable: async () => (await Promise.all(options.probes.map((probe) => unreachable(probe)))).flat(),
    notices_refused: async () => (await alerts.refusingTargets()).flatMap((target) => refusing(options, target)),
    disk_low: async () => (await options.disks()).filter(({ free, total }) => free < total * littleSpace).map(lowDisk),
    queue_old: async () =>
      (await options.queues())
        .filter(({ oldestWaiting }) => oldestWaiting !== null && now - oldestWaiting > queueOldMs)
        .map(({ name, waiting }) => ({
          subject: name,
          what: `${waiting} jobs wait in the queue ${name}, the first for more than an hour`,
        })),
    worker_lost: async () =>
      (await alerts.lostWorkers()).map(({ id, host }) => ({
        subject: id,
        what: `Worker ${id} on ${host} went without a word`,
      })),
  };
  const found = new Map<AlertKind, FoundAlert[]>();
  for (const [kind, find] of Object.entries(looks) as [AlertKind, () => Promise<FoundAlert[]>][])
    try {
      found.set(kind, await find());
    } catch (error) {
      log.warn({ alert: kind, reason: String(error) }, 'could not look for an alert');
    }
  return found;
}

/** One that is no longer in the settings refuses nobody. */
function refusing({ targets }: WatchOptions, target: number): FoundAlert[] {
  const name = targets[target];
  if (name === undefined) return [];
  return [{ subject: String(target), what: `Target ${target + 1} of REELWAY_NOTIFY, ${name}, does not take notices` }];
}

/** Whom it is about cannot be told: it would refuse that, too. */
function isAbout({ kind, alerts }: AlertGroup, target: number): boolean {
  return kind === 'notices_refused' && alerts.some(({ subject }) => subject === String(target));
}

async function unreachable(probe: Probe): Promise<FoundAlert[]> {
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

function lowDisk({ path, free, total }: DiskSpace): FoundAlert {
  return {
    subject: path,
    what: `${path} has ${Math.floor((free / total) * 100)} % of its space left (${(free / 1e9).toFixed(1)} GB)`,
  };
}

async function staleWebhook({ lastValidation }: WatchOptions, now: number): Promise<FoundAlert[]> {
  const last = await lastValidation?.();
  // Never validated: it was set up otherwise, or just now.
  if (!last || now - last.getTime() <= validationOldMs) return [];
  return [{ subject: 'webhook', what: `Zoom validated the webhook address last on ${last.toISOString()}` }];
}

async function unmatched({ alerts, classes, timeZone }: WatchOptions, now: number): Promise<FoundAlert[]> {
  const from = now - wholeLookBack;
  const waiting = (await alerts.recordingsSince(from)).filter((each) => each.awaitsSchedule);
  if (waiting.length === 0) return [];
  const held = occurrences(await classes(), { from: from - hour, until: now + hour }, timeZone);
  return waiting
    .filter(({ startTime }) => held.some(({ begin }) => Math.abs(startTime - begin) < hour))
    .map(({ uuid, topic, meetingId, startTime }) => ({
      subject: uuid,
      what: `Recording "${topic}" of meeting ${meetingId}, ${new Date(startTime).toISOString()}, matches no class`,
      past: startTime < now - lookBack,
    }));
}

async function missing({ alerts, classes, timeZone, classHours }: WatchOptions, now: number): Promise<FoundAlert[]> {
  if (classHours === 0) return [];
  const from = now - wholeLookBack;
  const held = occurrences(await classes(), { from, until: now - classHours * hour }, timeZone);
  if (held.length === 0) return [];
  const recordings = await alerts.recordingsSince(from - hour);
  return withoutRecording(held, recordings, classHours).map((occurrence) => missingClass(occurrence, now));
}

function missingClass({ scheduled, begin }: Occurrence, now: number): FoundAlert {
  const at = new Date(begin).toISOString();
  const { courseCode, title, meetingId } = scheduled;
  return {
    subject: `${meetingId} ${scheduled.seriesId} ${at}`,
    what: `${courseCode} ${title} at ${at} (meeting ${meetingId}) has no recording`,
    past: begin < now - lookBack,
  };
}
