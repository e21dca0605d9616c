import type { Pool } from 'pg';

/**
 * Writes recordings straight into the tables, `uuid-1` the oldest, an hour after each other: one ingest each, of which every 5000th has failed. All
 * topics say "Lecture"; each has a number of its own, and the 500th a word of its own. All can be watched.
 */
export async function writeRecordings(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO reelway.recording (uuid, account_id, meeting_id, start_time, snapshot, presence, created_at, updated_at)
     SELECT 'uuid-' || n, 'account', (93000000000 + n % 500)::text, 1700000000000 + n * 3600000.0,
       jsonb_build_object('uuid', 'uuid-' || n, 'meetingId', (93000000000 + n % 500)::text, 'hostEmail', 'host' || n % 100 || '@example.edu',
         'topic', 'Lecture and seminar ' || n || ' of the course' || CASE WHEN n = 500 THEN ' Zwölfton' ELSE '' END,
         'startTime', '2026-09-01T10:00:00Z', 'files', '[]'::jsonb),
       'available', 1700000000000, 1700000000000
     FROM generate_series(1, $1::int) AS s (n)`,
    [count],
  );
  await pool.query(
    `INSERT INTO reelway.ingest (tracking_id, uuid, origin, status, series_id, created_at, updated_at)
     SELECT 'tracking-' || n, 'uuid-' || n, 'webhook', CASE WHEN n % 5000 = 0 THEN 'OPENCAST_FAILED' ELSE 'OPENCAST_SUCCEEDED' END,
       '2026' || lpad(n::text, 7, '0') || '5', 1700000000000, 1700000000000
     FROM generate_series(1, $1::int) AS s (n)`,
    [count],
  );
  await pool.query(
    `INSERT INTO reelway.recording_stream (uuid, request, state, views, updated_at)
     SELECT 'uuid-' || n, jsonb_build_object('recording', repeat('described ', 50)), 'SUCCEEDED',
       jsonb_build_array(jsonb_build_object('playbackUrls', jsonb_build_array('https://play/uuid-' || n))), 1700000000000
     FROM generate_series(1, $1::int) AS s (n)`,
    [count],
  );
}
