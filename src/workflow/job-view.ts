import { failureTable, type FailureCode, type FailureDetails } from '../domain/failure.js';
import type { EngineStatus, JobRow } from '../status/job-table.js';
import type { StoredFailure } from '../status/tables.js';
import type { JobProgress } from './definition.js';

export const jobStatuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Parts of a job that one answer holds. */
export const mostChildren = 500;

/** It waits or runs. */
export function isOpen(status: JobStatus | undefined): boolean {
  return status === 'queued' || status === 'running';
}

/** A job as lists show it. Times are ISO 8601. */
export interface JobSummary {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly status: JobStatus;
  /** Failed for good and waits for an operator: to be retried or dismissed. */
  readonly deadLetter: boolean;
  readonly queue: string | null;
  readonly parent: string | null;
  /** While it waits: the lowest of its queue begins first, then the oldest. */
  readonly turn: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string;
  /** 1, and one more for each retry */
  readonly attempt: number;
  readonly progress: JobProgress | null;
  /** The step that runs now, or waits for its next attempt. */
  readonly step: { name: string; failedAttempts: number; nextAttemptAt: string | null } | null;
  readonly failure: JobFailure | null;
}

export interface JobFailure {
  readonly code: FailureCode;
  readonly title: string;
  readonly message: string;
  readonly help: string;
  readonly details: FailureDetails;
}

export interface JobDetail extends JobSummary {
  readonly input: unknown;
  /** null unless the job is done */
  readonly result: unknown;
  readonly steps: JobStep[];
  readonly earlierAttempts: {
    readonly attempt: number;
    readonly status: 'done' | 'failed' | 'cancelled';
    readonly failure: JobFailure | null;
    readonly startedAt: string | null;
    readonly endedAt: string;
  }[];
  /** The newest `mostChildren`, oldest first. */
  readonly children: JobSummary[];
}

export interface JobStep {
  readonly name: string;
  /** `waiting`: for its next attempt */
  readonly status: 'running' | 'waiting' | 'done' | 'failed';
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failedAttempts: number;
  readonly nextAttemptAt: string | null;
  /** of the last attempt that failed */
  readonly failure: JobFailure | null;
  /** The job that this step started. */
  readonly child: string | null;
}

const statusOf: Record<EngineStatus, JobStatus> = {
  ENQUEUED: 'queued',
  DELAYED: 'queued',
  PENDING: 'running',
  SUCCESS: 'done',
  ERROR: 'failed',
  MAX_RECOVERY_ATTEMPTS_EXCEEDED: 'failed',
  CANCELLED: 'cancelled',
};

export function jobStatusOf(status: EngineStatus): JobStatus {
  return statusOf[status];
}

/** What the engine may call a job of that status. */
export function engineStatusesOf(status: JobStatus): EngineStatus[] {
  return (Object.keys(statusOf) as EngineStatus[]).filter((engineStatus) => statusOf[engineStatus] === status);
}

export function summaryOf(row: JobRow, failure: StoredFailure | null): JobSummary {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    status: statusOf[row.engineStatus],
    deadLetter: row.deadLetter,
    queue: row.queue,
    parent: row.parent,
    turn: row.turn,
    createdAt: isoTime(row.createdAt),
    startedAt: optionalTime(row.startedAt),
    endedAt: optionalTime(row.endedAt),
    updatedAt: isoTime(row.updatedAt),
    attempt: row.earlierAttempts + 1,
    progress: row.progress as JobProgress | null,
    step: row.step && { ...row.step, nextAttemptAt: optionalTime(row.step.nextAttemptAt) },
    failure: viewOfFailure(failure),
  };
}

export function viewOfFailure(failure: StoredFailure | null): JobFailure | null {
  if (!failure) return null;
  const { title, help } = failureTable[failure.code];
  return { code: failure.code, title, message: failure.message, help, details: failure.details };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function optionalTime(milliseconds: number | null | undefined): string | null {
  return milliseconds === null || milliseconds === undefined ? null : isoTime(milliseconds);
}
