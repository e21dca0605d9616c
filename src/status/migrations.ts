import { quickerGrams, recordingsBySeries, recordingSearch } from './search-index.js';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /**
   * Releases that do not know it go on without harm: it makes new tables, indexes, and columns that are nullable or have a default, and changes nothing that
   * they read or write. So a release can be taken back. What is not marked so keeps them out.
   */
  readonly additive?: true;
}

/**
 * Our tables, forward only: a migration that was released is never edited, the next one corrects it.
 * The engine keeps its own tables (schema `dbos`) up to date by itself.
 */
export const migrations: readonly Migration[] = [
  {
    name: 'jobs',
    sql: `
      CREATE TABLE reelway.job_progress (
        job_id text PRIMARY KEY,
        progress jsonb NOT NULL,
        updated_at double precision NOT NULL);
      CREATE INDEX job_progress_updated_at ON reelway.job_progress (updated_at);
      CREATE TABLE reelway.job_step (
        job_id text NOT NULL,
        step_id integer NOT NULL,
        name text NOT NULL,
        started_at double precision NOT NULL,
        failed_attempts integer NOT NULL,
        last_failure jsonb,
        next_attempt_at double precision,
        updated_at double precision NOT NULL,
        PRIMARY KEY (job_id, step_id));
      CREATE INDEX job_step_updated_at ON reelway.job_step (updated_at);
      CREATE TABLE reelway.job_attempt (
        job_id text NOT NULL,
        attempt integer NOT NULL,
        status text NOT NULL,
        failure jsonb,
        started_at double precision,
        ended_at double precision NOT NULL,
        PRIMARY KEY (job_id, attempt));
      CREATE TABLE reelway.job_dismissal (
        job_id text PRIMARY KEY,
        dismissed_at double precision NOT NULL);
      CREATE TABLE reelway.worker (
        id text PRIMARY KEY,
        host text NOT NULL,
        pid integer NOT NULL,
        started text NOT NULL,
        space text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now());`,
  },
  {
    name: 'assets',
    sql: `
      CREATE TABLE reelway.asset (
        id text PRIMARY KEY,
        request jsonb NOT NULL,
        created_at double precision NOT NULL);
      CREATE INDEX asset_created_at ON reelway.asset (created_at, id);
      CREATE TABLE reelway.endpoint (
        asset_id text NOT NULL REFERENCES reelway.asset ON DELETE CASCADE,
        configuration_id text NOT NULL,
        capability text NOT NULL UNIQUE,
        bucket text,
        prefix text NOT NULL,
        manifests jsonb NOT NULL,
        objects integer NOT NULL,
        bytes double precision NOT NULL,
        duration_ms double precision NOT NULL,
        published_at double precision NOT NULL,
        PRIMARY KEY (asset_id, configuration_id));`,
  },
  {
    name: 'recordings',
    sql: `
      CREATE TABLE reelway.zoom_event (
        key text PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        event text NOT NULL,
        uuid text,
        body jsonb NOT NULL,
        received_at double precision NOT NULL,
        handled_at double precision,
        outcome text,
        lease_until double precision NOT NULL DEFAULT 0,
        failed_attempts integer NOT NULL DEFAULT 0,
        last_failure jsonb);
      CREATE INDEX zoom_event_waiting ON reelway.zoom_event (sequence) WHERE handled_at IS NULL;
      CREATE INDEX zoom_event_uuid ON reelway.zoom_event (uuid);
      CREATE INDEX zoom_event_received_at ON reelway.zoom_event (received_at);
      CREATE TABLE reelway.recording (
        uuid text PRIMARY KEY,
        account_id text NOT NULL,
        meeting_id text NOT NULL,
        start_time double precision NOT NULL,
        snapshot jsonb NOT NULL,
        presence text NOT NULL,
        awaits_schedule boolean NOT NULL DEFAULT false,
        created_at double precision NOT NULL,
        updated_at double precision NOT NULL);
      CREATE INDEX recording_meeting_id ON reelway.recording (meeting_id, start_time);
      CREATE INDEX recording_awaits_schedule ON reelway.recording (start_time) WHERE awaits_schedule;
      CREATE TABLE reelway.recording_event (
        uuid text NOT NULL,
        kind text NOT NULL,
        at double precision NOT NULL,
        PRIMARY KEY (uuid, kind, at));
      CREATE TABLE reelway.ingest (
        tracking_id text PRIMARY KEY,
        uuid text NOT NULL REFERENCES reelway.recording ON DELETE CASCADE,
        origin text NOT NULL,
        status text NOT NULL,
        reason text,
        series_id text,
        job_id text,
        requested_at double precision,
        created_at double precision NOT NULL,
        updated_at double precision NOT NULL);
      CREATE INDEX ingest_uuid ON reelway.ingest (uuid);
      CREATE INDEX ingest_updated_at ON reelway.ingest (updated_at);
      CREATE TABLE reelway.ingest_status (
        tracking_id text NOT NULL REFERENCES reelway.ingest ON DELETE CASCADE,
        number integer NOT NULL,
        status text NOT NULL,
        reason text,
        at double precision NOT NULL,
        PRIMARY KEY (tracking_id, number));`,
  },
  {
    name: 'opencast events',
    sql: `
      CREATE TABLE reelway.secret (
        name text PRIMARY KEY,
        value text NOT NULL,
        created_at double precision NOT NULL);
      CREATE TABLE reelway.opencast_event (
        media_package_id text PRIMARY KEY,
        uuid text NOT NULL,
        tracking_id text NOT NULL,
        prefix text NOT NULL,
        posted_at double precision,
        workflow_id text,
        state text,
        ended_at double precision,
        attached jsonb NOT NULL DEFAULT '[]',
        swept_at double precision,
        created_at double precision NOT NULL);
      CREATE INDEX opencast_event_uuid ON reelway.opencast_event (uuid);
      CREATE INDEX opencast_event_sweepable ON reelway.opencast_event (ended_at) WHERE swept_at IS NULL;`,
  },
  {
    name: 'turns in queues',
    sql: `
      CREATE TABLE reelway.queue_share (
        queue text NOT NULL,
        first_turn integer NOT NULL,
        share text NOT NULL,
        last_turn integer NOT NULL,
        PRIMARY KEY (queue, first_turn, share));`,
  },
  {
    name: 'schedule',
    sql: `
      CREATE TABLE reelway.scheduled_class (
        source text NOT NULL,
        position integer NOT NULL,
        meeting_id text NOT NULL,
        series_id text NOT NULL,
        course_code text NOT NULL,
        day text NOT NULL,
        time text NOT NULL,
        title text NOT NULL,
        PRIMARY KEY (source, position));
      CREATE INDEX scheduled_class_meeting_id ON reelway.scheduled_class (meeting_id);
      ALTER TABLE reelway.recording
        ADD COLUMN presence_at double precision NOT NULL DEFAULT 0,
        ADD COLUMN topic_at double precision NOT NULL DEFAULT 0;`,
  },
  {
    name: 'retention',
    sql: `
      CREATE TABLE reelway.upkeep (
        task text PRIMARY KEY,
        next_at double precision NOT NULL);
      CREATE INDEX job_dismissal_dismissed_at ON reelway.job_dismissal (dismissed_at);`,
  },
  {
    name: 'sessions',
    sql: `
      CREATE TABLE reelway.session (
        digest text PRIMARY KEY,
        token_name text NOT NULL,
        token_digest text NOT NULL,
        expires_at double precision NOT NULL);
      CREATE INDEX session_expires_at ON reelway.session (expires_at);`,
  },
  {
    name: 'mediapackage vod',
    sql: `
      CREATE TABLE reelway.vod_item (
        kind text NOT NULL,
        id text NOT NULL,
        group_id text NOT NULL,
        body jsonb NOT NULL,
        created_at double precision NOT NULL,
        PRIMARY KEY (kind, id));
      CREATE INDEX vod_item_group_id ON reelway.vod_item (kind, group_id, id);
      CREATE TABLE reelway.vod_endpoint (
        asset_id text NOT NULL,
        configuration_id text NOT NULL,
        capability text NOT NULL UNIQUE,
        PRIMARY KEY (asset_id, configuration_id));`,
  },
  {
    name: 'late files of recordings',
    sql: `
      ALTER TABLE reelway.opencast_event
        ADD COLUMN listed jsonb,
        ADD COLUMN told_late jsonb NOT NULL DEFAULT '[]';`,
  },
  {
    name: 'recordings in order',
    sql: `
      CREATE INDEX recording_start_time ON reelway.recording (start_time, uuid);
      CREATE INDEX zoom_event_sequence ON reelway.zoom_event (sequence);`,
  },
  {
    name: 'trash of zoom',
    sql: `
      ALTER TABLE reelway.opencast_event
        ADD COLUMN missing integer NOT NULL DEFAULT 0,
        ADD COLUMN trash_looked_at double precision,
        ADD COLUMN trashed_at double precision;`,
  },
  {
    name: 'alerts',
    sql: `
      CREATE TABLE reelway.alert (
        kind text NOT NULL, subject text NOT NULL, what text NOT NULL, since double precision NOT NULL, told_at double precision,
        PRIMARY KEY (kind, subject));
      CREATE TABLE reelway.lost_worker (id text PRIMARY KEY, host text NOT NULL, lost_at timestamptz NOT NULL DEFAULT now());`,
  },
  {
    name: 'streams of recordings',
    sql: `
      CREATE TABLE reelway.recording_stream (
        uuid text PRIMARY KEY, request jsonb NOT NULL, state text, listed jsonb, views jsonb NOT NULL,
        updated_at double precision NOT NULL);`,
  },
  { name: 'search of recordings', sql: recordingSearch },
  { name: 'where recordings of a class go', sql: `ALTER TABLE reelway.scheduled_class ADD COLUMN publish text;` },
  {
    name: 'logs of jobs',
    sql: `
      CREATE TABLE reelway.job_log (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id text NOT NULL,
        at double precision NOT NULL,
        line text NOT NULL);
      CREATE INDEX job_log_job_id ON reelway.job_log (job_id, sequence);
      CREATE INDEX job_log_at ON reelway.job_log (at);
      CREATE TABLE reelway.debug_mode (one boolean PRIMARY KEY CHECK (one), until double precision NOT NULL);`,
  },
  { name: 'sessions of people', sql: `ALTER TABLE reelway.session ADD COLUMN role text;` },
  { name: 'traces of events', sql: `ALTER TABLE reelway.zoom_event ADD COLUMN trace text;` },
  { name: 'quicker grams', sql: quickerGrams },
  {
    name: 'packaging groups',
    additive: true,
    // Text and not jsonb: people get their group back as they wrote it.
    sql: `
      CREATE TABLE reelway.packaging_group (
        id text PRIMARY KEY,
        text text NOT NULL,
        saved_at double precision NOT NULL);`,
  },
  { name: 'recordings of a series', sql: recordingsBySeries, additive: true },
  {
    name: 'figures that last',
    additive: true,
    sql: `
      CREATE TABLE reelway.tally (
        metric text NOT NULL, label text NOT NULL, value double precision NOT NULL, PRIMARY KEY (metric, label));`,
  },
  {
    name: 'limits of all processes together',
    additive: true,
    sql: `
      CREATE TABLE reelway.rate (name text PRIMARY KEY, next_at double precision NOT NULL);
      CREATE TABLE reelway.job_place (pool text NOT NULL, job_id text NOT NULL, PRIMARY KEY (pool, job_id));
      CREATE TABLE reelway.host_visitor (
        host text NOT NULL, visitor text NOT NULL, seen_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (host, visitor));`,
  },
];
