import type { Kysely } from 'kysely';
import type { IngestRequest } from '../domain/work-request.js';
import { jsonText } from './json-text.js';
import type { Tables } from './tables.js';

/** What was made of recordings by our own packager. */
export interface RecordingStreams {
  find(uuid: string): Promise<RecordingStream | undefined>;
  /** Work on it begins, or begins anew: it has listed nothing yet. */
  opened(request: IngestRequest): Promise<void>;
  /** @param names of all files that it knows of */
  listed(uuid: string, names: readonly string[]): Promise<void>;
  ended(uuid: string, state: StreamState, views?: readonly StreamedView[]): Promise<void>;
}

export type StreamState = 'SUCCEEDED' | 'FAILED';

export interface RecordingStream {
  readonly request: IngestRequest;
  /** undefined: under way */
  readonly state: StreamState | undefined;
  /** Names of files that it knows of; undefined until it has listed them. */
  readonly listed: readonly string[] | undefined;
  /** What can be watched. */
  readonly views: readonly StreamedView[];
}

export interface StreamedView {
  readonly assetId: string;
  readonly view: string;
  readonly startsAt: string | undefined;
  readonly playbackUrls: readonly string[];
  /** WebVTT, beside the manifests. */
  readonly chaptersUrl: string | undefined;
}

/** What plays these recordings, of all views of each. */
export async function playbackUrlsOf(
  tables: Kysely<Tables>,
  recordings: readonly { readonly uuid: string }[],
): Promise<Map<string, string[]>> {
  if (recordings.length === 0) return new Map();
  const rows = await tables
    .selectFrom('recording_stream')
    .select(['uuid', 'views'])
    .where(
      'uuid',
      'in',
      recordings.map(({ uuid }) => uuid),
    )
    .execute();
  const urls = (views: readonly object[]) => (views as readonly StreamedView[]).flatMap((view) => view.playbackUrls);
  return new Map(rows.map(({ uuid, views }) => [uuid, urls(views)]));
}

export function recordingStreams(tables: Kysely<Tables>): RecordingStreams {
  return {
    async find(uuid) {
      const row = await tables.selectFrom('recording_stream').selectAll().where('uuid', '=', uuid).executeTakeFirst();
      return (
        row && {
          request: row.request as IngestRequest,
          state: row.state ?? undefined,
          listed: row.listed ?? undefined,
          views: row.views as readonly StreamedView[],
        }
      );
    },
    async opened(request) {
      const facts = { request: jsonText(request), state: null, listed: null, updated_at: Date.now() };
      await tables
        .insertInto('recording_stream')
        .values({ uuid: request.uuid, views: '[]', ...facts })
        .onConflict((conflict) => conflict.column('uuid').doUpdateSet(facts))
        .execute();
    },
    async listed(uuid, names) {
      await tables
        .updateTable('recording_stream')
        .set({ listed: jsonText(names), updated_at: Date.now() })
        .where('uuid', '=', uuid)
        .execute();
    },
    async ended(uuid, state, views) {
      await tables
        .updateTable('recording_stream')
        .set({ state, updated_at: Date.now(), ...(views && { views: jsonText(views) }) })
        .where('uuid', '=', uuid)
        .execute();
    },
  };
}
