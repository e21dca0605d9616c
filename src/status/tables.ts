import type { Generated, JSONColumnType } from 'kysely';
import type { FailureCode, FailureDetails } from '../domain/failure.js';

/** Our own tables, schema `reelway`. The engine's are in schema `dbos` and belong to it. Times are milliseconds since 1970, as the engine's. */
export interface Tables {
  migration: { version: number; name: string; applied_at: Generated<Date> };
  job_progress: { job_id: string; progress: JSONColumnType<object>; updated_at: Milliseconds };
  job_step: {
    job_id: string;
    /** the engine's number of the step within the job, from 0 */
    step_id: number;
    name: string;
    started_at: Milliseconds;
    failed_attempts: number;
    last_failure: JSONColumnType<StoredFailure> | null;
    next_attempt_at: Milliseconds | null;
    updated_at: Milliseconds;
  };
  job_attempt: {
    job_id: string;
    /** from 1; the attempt that runs or ended last is not in here yet */
    attempt: number;
    status: 'done' | 'failed' | 'cancelled';
    failure: JSONColumnType<StoredFailure> | null;
    started_at: Milliseconds | null;
    ended_at: Milliseconds;
  };
  job_dismissal: { job_id: string; dismissed_at: Milliseconds };
  worker: {
    id: string;
    host: string;
    pid: number;
    /** see process-identity */
    started: string;
    space: string;
    seen_at: Generated<Date>;
  };
  /** What was made and is playable. */
  asset: { id: string; request: JSONColumnType<object>; created_at: Milliseconds };
  endpoint: {
    asset_id: string;
    configuration_id: string;
    /** unguessable: names the endpoint in playback URLs */
    capability: string;
    /** null: the storage of the settings */
    bucket: string | null;
    prefix: string;
    manifests: JSONColumnType<readonly string[]>;
    objects: number;
    bytes: number;
    duration_ms: Milliseconds;
    published_at: Milliseconds;
  };
}

/** `double precision`, which `pg` reads as a number (bigint comes as text); exact up to 2^53. */
type Milliseconds = number;

/** A Failure at rest. */
export interface StoredFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly details: FailureDetails;
}
