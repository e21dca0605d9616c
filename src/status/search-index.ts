/**
 * How a part of a text is found among a million without reading them all: a GIN index on the trigrams of each text. They are ours and not those of
 * the extension pg_trgm, which is not on every server. A wanted text of three characters or more is looked for anywhere, by all of its
 * trigrams; a shorter one at the beginnings of words. The function's COST is what it is: making the grams anew for row after row in place of
 * asking the index takes a thousand times as long as comparing.
 */
const searchFunctions = `
  CREATE FUNCTION reelway.search_grams(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
    SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
      SELECT substr(given, n, 3) AS gram FROM generate_series(1, length(given) - 2) AS s (n)
      UNION ALL
      SELECT left(word, size) FROM regexp_split_to_table(given, '[^[:alnum:]]+') AS word, generate_series(1, 2) AS t (size)
      WHERE word <> '') AS grams
  $$;
  CREATE FUNCTION reelway.wanted_grams(wanted text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(wanted) < 3 THEN ARRAY[wanted]
      ELSE (SELECT array_agg(substr(wanted, n, 3)) FROM generate_series(1, length(wanted) - 2) AS s (n)) END
  $$;`;

/** The texts by which a recording is found, in one column, with the series of its ingests as they come. */
export const recordingSearch = `
  ${searchFunctions}
  ALTER TABLE reelway.recording ADD COLUMN series text NOT NULL DEFAULT '';
  UPDATE reelway.recording SET series = known.series
    FROM (SELECT uuid, string_agg(DISTINCT series_id, ' ') AS series FROM reelway.ingest WHERE series_id IS NOT NULL GROUP BY uuid) AS known
    WHERE known.uuid = recording.uuid;
  ALTER TABLE reelway.recording ADD COLUMN search_text text GENERATED ALWAYS AS (left(lower(
    recording.uuid || chr(10) || meeting_id || chr(10) || series || chr(10) ||
    coalesce(snapshot->>'hostEmail', '') || chr(10) || coalesce(snapshot->>'topic', '')), 2000)) STORED;
  CREATE INDEX recording_search ON reelway.recording USING gin (reelway.search_grams(search_text));
  CREATE INDEX ingest_status_now ON reelway.ingest (status, uuid);
  CREATE FUNCTION reelway.keep_series() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE reelway.recording SET series = btrim(series || ' ' || NEW.series_id)
        WHERE uuid = NEW.uuid AND NOT NEW.series_id = ANY (string_to_array(series, ' '));
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER ingest_series AFTER INSERT OR UPDATE OF series_id ON reelway.ingest
    FOR EACH ROW WHEN (NEW.series_id IS NOT NULL) EXECUTE FUNCTION reelway.keep_series();`;

/** Recordings by the series that they belong to, each as a whole: of a course the schedule knows its series. */
export const recordingsBySeries = `
  CREATE INDEX recording_series ON reelway.recording USING gin (string_to_array(series, ' '));`;

/** The same grams in half the time: an index takes each once anyway. */
export const quickerGrams = `
  CREATE OR REPLACE FUNCTION reelway.search_grams(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
    SELECT ARRAY(
      SELECT substr(given, n, 3) FROM generate_series(1, length(given) - 2) AS s (n)
      UNION ALL
      SELECT left(word, size) FROM regexp_split_to_table(given, '[^[:alnum:]]+') AS word, generate_series(1, 2) AS t (size)
      WHERE word <> '')
  $$;`;
