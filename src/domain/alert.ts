/** What an operator is told of without asking: once when it begins, once when it is over. */
export const alertTable = {
  dead_letter: {
    title: 'Jobs failed for good and wait for somebody',
    help: 'Mend what the job says is wrong, then retry it; or dismiss it.',
    page: 'now',
    patienceMinutes: 5,
  },
  unmatched_recording: {
    title: 'Recordings made while a class was scheduled match no class',
    help: 'Correct the schedule, or ingest the recording with a series on its page.',
    page: 'recordings',
    patienceMinutes: 10,
  },
  class_without_recording: {
    title: 'Scheduled classes have no recording',
    help: 'See whether the class took place and was recorded; if Zoom has the recording, ingest it from its link.',
    page: 'schedule',
    patienceMinutes: 0,
  },
  webhook_stale: {
    title: 'Zoom has not validated the webhook address lately',
    help: "Look at the app's event subscription in Zoom's Marketplace, and whether Zoom reaches this server.",
    page: 'health',
    patienceMinutes: 0,
  },
  unreachable: {
    title: 'Systems that Reelway needs do not answer',
    help: 'Work waits and goes on by itself once they answer; `reelway doctor` says more.',
    page: 'health',
    patienceMinutes: 3,
  },
  notices_refused: {
    title: 'Targets of REELWAY_NOTIFY do not take notices',
    help: 'Correct the target in REELWAY_NOTIFY, or let it take notices again (`reelway doctor --send-test` shows whether it does); then retry what failed.',
    page: 'now',
    patienceMinutes: 5,
  },
  disk_low: {
    title: 'Little disk space is left',
    help: 'Make room, or enlarge the disk, before work fails.',
    page: 'health',
    patienceMinutes: 5,
  },
  queue_old: {
    title: 'Jobs have waited for more than an hour',
    help: 'Start more workers, or raise the limit of the queue in REELWAY_QUEUE_LIMITS.',
    page: 'health',
    patienceMinutes: 0,
  },
  worker_lost: {
    title: 'Workers went without a word; the others have taken over their jobs',
    help: "See why the process ended or was cut off in its machine's log, and start it again.",
    page: 'health',
    patienceMinutes: 0,
  },
} as const satisfies Record<string, AlertFacts>;

interface AlertFacts {
  readonly title: string;
  /** What to do, one or two sentences. */
  readonly help: string;
  /** of the dashboard */
  readonly page: string;
  /** how long it must last before somebody is told */
  readonly patienceMinutes: number;
}

export type AlertKind = keyof typeof alertTable;

/** One thing that is not as it should be. */
export interface Alert {
  readonly kind: AlertKind;
  /** Names it within its kind: a job, a host, a class at a date. */
  readonly subject: string;
  /** for people, without secrets */
  readonly what: string;
}

/** An alert that was seen before. Times are milliseconds since 1970. */
export interface KnownAlert extends Alert {
  readonly since: number;
  /** null: it has not lasted long enough */
  readonly toldAt: number | null;
}

export interface FoundAlert extends Omit<Alert, 'kind'> {
  /** It is still so, and too long ago to be told of: it is forgotten without a word, as it did not come to a good end. */
  readonly past?: boolean;
}

/** What there is now, by kind. A kind that could not be looked at is absent: of it nothing is known to have changed. */
export type FoundAlerts = ReadonlyMap<AlertKind, readonly FoundAlert[]>;

export interface AlertChanges {
  readonly begun: readonly KnownAlert[];
  /** to be told now, those among the begun included */
  readonly raised: readonly KnownAlert[];
  /** no longer there */
  readonly over: readonly KnownAlert[];
  /** past, and no longer known from here on */
  readonly forgotten: readonly KnownAlert[];
}

/** What has changed since the last look. @param now milliseconds since 1970 */
export function alertChanges(known: readonly KnownAlert[], found: FoundAlerts, now: number): AlertChanges {
  const begun: KnownAlert[] = [];
  const lasting: KnownAlert[] = [];
  const forgotten: KnownAlert[] = [];
  for (const [kind, alerts] of found)
    for (const { subject, what, past = false } of alerts) {
      const before = known.find((each) => each.kind === kind && each.subject === subject);
      if (before) (past ? forgotten : lasting).push(before);
      else if (!past) begun.push({ kind, subject, what, since: now, toldAt: null });
    }
  const raised = [...lasting, ...begun].filter(
    ({ kind, since, toldAt }) => toldAt === null && now - since >= alertTable[kind].patienceMinutes * 60_000,
  );
  const over = known.filter((each) => found.has(each.kind) && !lasting.includes(each) && !forgotten.includes(each));
  return { begun, raised, over, forgotten };
}
