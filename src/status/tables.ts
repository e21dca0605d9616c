import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Role } from '../domain/api-token.js';
import type { AlertKind } from '../domain/alert.js';
import type { FailureCode, FailureDetails } from '../domain/failure.js';
import type { RecordingPresence, RecordingStateEvent } from '../domain/recording.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { PublishTarget } from '../domain/schedule.js';
import type { Weekday } from '../domain/weekday.js';
import type { IngestOrigin } from '../domain/work-request.js';

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
  /** What the log said about jobs. */
  job_log: { sequence: Generated<string>; job_id: string; at: Milliseconds; line: string };
  /** Until then all processes log everything; one row, or none. */
  debug_mode: { one: boolean; until: Milliseconds };
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
  /** Workers that went without a word while they held jobs. */
  lost_worker: { id: string; host: string; lost_at: Generated<Date> };
  /** What is known to be wrong, and whether somebody was told. */
  alert: { kind: AlertKind; subject: string; what: string; since: Milliseconds; told_at: Milliseconds | null };
  /** What counters of the database have counted: of an outcome, of a bucket by its upper bound, or the `sum`. */
  tally: { metric: string; label: string; value: number };
  /** Turns of a queue's shares, see queue-shares; only while their jobs wait. */
  queue_share: { queue: string; first_turn: number; share: string; last_turn: number };
  /** When what one process does for all is due again. */
  upkeep: { task: string; next_at: Milliseconds };
  /** Who is signed in to the dashboard. */
  session: {
    /** SHA-256 of the secret in the cookie */
    digest: string;
    token_name: string;
    /** empty: of no token, see `role` */
    token_digest: string;
    /** of whom an OpenID provider signed in */
    role: Role | null;
    expires_at: Milliseconds;
  };
  /** What was made and is playable. */
  asset: { id: string; request: JSONColumnType<object>; created_at: Milliseconds };
  /** Packaging groups that were saved on a PostgreSQL server; `text` is JSON as it was given. */
  packaging_group: { id: string; text: string; saved_at: Milliseconds };
  /** Groups, configurations and assets of MediaPackage VOD's REST API. */
  vod_item: {
    kind: 'group' | 'configuration' | 'asset';
    id: string;
    /** of a group: its own id */
    group_id: string;
    body: JSONColumnType<object>;
    created_at: Milliseconds;
  };
  /** The capability that an endpoint has, or will have. */
  vod_endpoint: { asset_id: string; configuration_id: string; capability: string };
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
  /** What Zoom sent, tokens taken out, in the order in which it came: work until it is handled, then kept for replay. */
  zoom_event: {
    /** the same event delivered again has the same key */
    key: string;
    /** bigint: `pg` gives text */
    sequence: Generated<string>;
    event: string;
    uuid: string | null;
    body: JSONColumnType<object>;
    received_at: Milliseconds;
    handled_at: Milliseconds | null;
    /** what came of it, for people */
    outcome: string | null;
    /** until then a process works on it */
    lease_until: Generated<Milliseconds>;
    failed_attempts: Generated<number>;
    last_failure: JSONColumnType<StoredFailure> | null;
    /** `traceparent` of the request that brought it */
    trace: string | null;
  };
  recording: {
    uuid: string;
    account_id: string;
    meeting_id: string;
    start_time: Milliseconds;
    /** Recording */
    snapshot: JSONColumnType<object>;
    presence: RecordingPresence;
    /** no class was found for it; a later schedule may have one */
    awaits_schedule: Generated<boolean>;
    /** when Zoom said so, by its clock: an earlier event that comes later does not count */
    presence_at: Generated<Milliseconds>;
    topic_at: Generated<Milliseconds>;
    /** of its ingests, with spaces between; kept by the database */
    series: Generated<string>;
    /** what `search-index.ts` makes of the row */
    search_text: GeneratedAlways<string>;
    created_at: Milliseconds;
    updated_at: Milliseconds;
  };
  scheduled_class: {
    /** where the class came from: `sheets`, `file:fall.csv` */
    source: string;
    /** within the source */
    position: number;
    meeting_id: string;
    series_id: string;
    course_code: string;
    day: Weekday;
    time: string;
    title: string;
    /** null: as the settings say */
    publish: PublishTarget | null;
  };
  recording_event: {
    uuid: string;
    kind: RecordingStateEvent['kind'];
    /** seconds since 1970 */
    at: number;
  };
  ingest: {
    tracking_id: string;
    uuid: string;
    origin: IngestOrigin;
    status: RecordingStatus;
    reason: string | null;
    series_id: string | null;
    job_id: string | null;
    requested_at: Milliseconds | null;
    created_at: Milliseconds;
    updated_at: Milliseconds;
  };
  ingest_status: {
    tracking_id: string;
    /** from 1 */
    number: number;
    status: RecordingStatus;
    reason: string | null;
    at: Milliseconds;
  };
  /** Of this installation, for signing; never shown. */
  secret: { name: string; value: string; created_at: Milliseconds };
  /** What was asked of Opencast. */
  opencast_event: {
    media_package_id: string;
    uuid: string;
    tracking_id: string;
    /** of the recording's files in the storage */
    prefix: string;
    /** a start was asked for, and its answer is not known */
    posted_at: Milliseconds | null;
    workflow_id: string | null;
    state: 'SUCCEEDED' | 'FAILED' | null;
    ended_at: Milliseconds | null;
    attached: ColumnType<readonly string[], string | undefined, string>;
    /** names of the recording's files that the ingest knew of; null until it has listed them */
    listed: ColumnType<readonly string[] | null, string | null | undefined, string | null>;
    /** names of files that Zoom added later and that somebody was told of */
    told_late: ColumnType<readonly string[], string | undefined, string>;
    swept_at: Milliseconds | null;
    /** files of the recording that could not be fetched */
    missing: Generated<number>;
    trash_looked_at: Milliseconds | null;
    trashed_at: Milliseconds | null;
    created_at: Milliseconds;
  };
  /** What is begun no more often than so: when the next turn is, by the database's clock. */
  rate: { name: string; next_at: Milliseconds };
  /** Jobs that have one of so many places. */
  job_place: { pool: string; job_id: string };
  /** Which processes ask which hosts. */
  host_visitor: { host: string; visitor: string; seen_at: Generated<Date> };
  /** What our own packager made of a recording. */
  recording_stream: {
    uuid: string;
    request: JSONColumnType<object>;
    /** null while it is under way */
    state: 'SUCCEEDED' | 'FAILED' | null;
    /** names of the recording's files that it knows of; null until it has listed them */
    listed: ColumnType<readonly string[] | null, string | null, string | null>;
    views: JSONColumnType<readonly object[]>;
    updated_at: Milliseconds;
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
