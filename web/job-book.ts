import type { JobSummary } from '../src/api/contract';

/**
 * The jobs that are going on, from two mouths: lists that are loaded, and events that tell of changes. Events that come while a list is under way may be
 * newer than it.
 */
export interface JobBook {
  readonly jobs: () => readonly JobSummary[];
  /** A state of a job, as an event or an action told it. */
  readonly put: (job: JobSummary) => void;
  /** From here on what is told may be newer than the lists that come. */
  readonly listsAskedFor: () => void;
  /** All jobs that are open, as far as lists have them: those that are missing have ended. */
  readonly takeLists: (open: readonly JobSummary[]) => void;
}

/** ended jobs that are kept: how many at least, and at most */
const keptEnded = { least: 50, most: 100 } as const;
/** jobs that are remembered as told: a page that nobody sees asks for no lists, and is told of changes all the same */
const keptTold = 2000;

export function jobBook(): JobBook {
  let known = new Map<string, JobSummary>();
  /** since the lists were asked for; also of jobs that had ended when they were first heard of */
  let told = new Map<string, JobSummary>();

  return {
    jobs: () => [...known.values()],

    put(job) {
      const before = known.get(job.id) ?? told.get(job.id);
      if (before && isNewer(before, job)) return;
      remember(told, job);
      // Ended ones are of interest when they were seen to run, or wait for somebody.
      if (!known.has(job.id) && !isOpen(job)) return;
      known.set(job.id, job);
      if (!isOpen(job)) forgetEnded(known);
    },

    listsAskedFor: () => (told = new Map()),

    takeLists(open) {
      const kept = [...known.values()].filter((job) => !isOpen(job) || told.has(job.id));
      known = new Map(kept.map((job) => [job.id, job]));
      for (const job of open) {
        const since = told.get(job.id);
        known.set(job.id, since && !isNewer(job, since) ? since : job);
      }
      forgetEnded(known);
    },
  };
}

/** The last that were told of. */
function remember(told: Map<string, JobSummary>, job: JobSummary): void {
  told.delete(job.id);
  told.set(job.id, job);
  for (const id of told.keys()) {
    if (told.size <= keptTold) return;
    told.delete(id);
  }
}

/** A retry begins with times that may be older than those of the attempt before. */
function isNewer(a: JobSummary, b: JobSummary): boolean {
  return a.attempt === b.attempt ? a.updatedAt > b.updatedAt : a.attempt > b.attempt;
}

function isOpen({ status, deadLetter }: JobSummary): boolean {
  return status === 'running' || status === 'queued' || deadLetter;
}

/** A page that is open for weeks keeps the last ended jobs, not all. */
function forgetEnded(jobs: Map<string, JobSummary>): void {
  const ended = [...jobs.values()].filter((job) => !isOpen(job));
  if (ended.length <= keptEnded.most) return;
  ended.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  for (const { id } of ended.slice(0, ended.length - keptEnded.least)) jobs.delete(id);
}
