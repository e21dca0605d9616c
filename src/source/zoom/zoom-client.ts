import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { secondsIso, type Recording } from '../../domain/recording.js';
import { dateWindows, dayOf, type DateRange } from './date-windows.js';
import { recordingOf, zoomRecordingSchema, type ZoomRecording } from './recording-schema.js';
import type { ZoomApi } from './zoom-api.js';

/** Zoom's cloud recordings. Every verb throws the Failures of ZoomApi. */
export interface ZoomClient {
  /**
   * A recording with all of its files as they are now.
   * @param uuid of the meeting's instance; a meeting's number stands for its latest one
   * @param hint where to look for it when the app may list recordings but not ask for one
   * @throws Failure recording_not_found when it is missing, in the trash, or still processed
   */
  recording(
    uuid: string,
    options?: { hint?: RecordingHint; signal?: AbortSignal | undefined },
  ): Promise<FoundRecording>;
  /** All recordings of the account that began on those days or the day before or after, in no particular order, each once. */
  recordings(range: DateRange, signal?: AbortSignal): AsyncIterable<Recording>;
  /** Puts a recording into Zoom's trash, where it stays for 30 days. @throws Failure recording_not_found when it is there, or gone, already */
  trash(uuid: string, signal?: AbortSignal): Promise<void>;
}

export interface RecordingHint {
  /** of several, where it is known */
  readonly accountId?: string;
  readonly hostId: string;
  readonly startTime: string;
}

export interface FoundRecording {
  readonly recording: Recording;
  /** Opens this recording's files for some hours; a secret. Absent when Zoom gives none: then the access token of the API opens them. */
  readonly downloadToken?: string;
}

/** seconds that a download token is to live: Zoom gives at most 7 days */
const downloadTokenSeconds = 86_400;
const pageSize = '300';
/** pages of one list: more means that Zoom turns in a circle */
const mostPages = 2000;

export function zoomClient({ api }: { api: ZoomApi }): ZoomClient {
  async function askFor(uuid: string, signal: AbortSignal | undefined): Promise<FoundRecording> {
    const path = pathOf(uuid);
    const query = { include_fields: 'download_access_token', ttl: String(downloadTokenSeconds) };
    const answer = foundSchema.safeParse(await api.get(path, { query, signal }));
    const recording = answer.success ? readOne(answer.data) : undefined;
    if (!answer.success || !recording) throw unreadable(`recording ${uuid}`);
    const { download_access_token: downloadToken } = answer.data;
    return { recording, ...(downloadToken && { downloadToken }) };
  }

  async function searchFor(uuid: string, { hostId, startTime }: RecordingHint, signal: AbortSignal | undefined) {
    const date = dayOf(Date.parse(startTime));
    for await (const recording of ofUser(hostId, { from: date, to: date }, signal))
      if (recording.uuid === uuid) return { recording };
    throw new Failure('recording_not_found', `Zoom's list of the host's recordings does not have ${uuid}.`);
  }

  async function* pages<T>(
    path: string,
    schema: z.ZodType<T>,
    given: { query: Record<string, string>; signal: AbortSignal | undefined },
  ) {
    let token = '';
    for (let page = 0; page < mostPages; page++) {
      const query = { ...given.query, page_size: pageSize, ...(token !== '' && { next_page_token: token }) };
      const answer = await api.get(path, { query, signal: given.signal });
      const parsed = schema.safeParse(answer);
      if (!parsed.success) throw unreadable(path);
      yield parsed.data;
      const next = nextPage.parse(answer).next_page_token ?? '';
      // Zoom has been seen to give the same token for ever.
      if (next === '' || next === token) return;
      token = next;
    }
    throw new Failure('zoom_unavailable', `Zoom's list ${path} has no end: ${mostPages} pages were read.`);
  }

  async function* listed(path: string, range: DateRange, signal: AbortSignal | undefined): AsyncGenerator<Recording> {
    const seen = new Set<string>();
    for (const window of dateWindows(range)) {
      for await (const { meetings } of pages(path, meetingPage, { query: { ...window }, signal })) {
        const found = (meetings ?? []).flatMap((meeting) => readOne(meeting) ?? []);
        const fresh = found.filter(({ uuid }) => !seen.has(uuid));
        for (const recording of fresh) seen.add(recording.uuid);
        yield* fresh;
        // A page that repeats what was there is the end, whatever its token says.
        if (found.length > 0 && fresh.length === 0 && found.length === (meetings ?? []).length) break;
      }
    }
  }

  function ofUser(id: string, range: DateRange, signal: AbortSignal | undefined): AsyncGenerator<Recording> {
    return listed(`/users/${encodeURIComponent(id)}/recordings`, range, signal);
  }

  /** Recordings of hosts who have left stay in the account. */
  async function* ofEveryUser(range: DateRange, signal: AbortSignal | undefined): AsyncGenerator<Recording> {
    for (const status of ['active', 'inactive']) {
      for await (const { users } of pages('/users', userPage, { query: { status }, signal }))
        for (const { id } of users ?? []) yield* unlessGone(ofUser(id, range, signal));
    }
  }

  return {
    async recording(uuid, { hint, signal } = {}) {
      try {
        return await askFor(uuid, signal);
      } catch (error) {
        if (!hint || codeOf(error) !== 'zoom_scope_missing') throw error;
        return searchFor(uuid, hint, signal);
      }
    },

    trash: (uuid, signal) => api.remove(pathOf(uuid), { query: { action: 'trash' }, signal }),

    async *recordings(range, signal) {
      let found = 0;
      try {
        for await (const recording of listed('/accounts/me/recordings', range, signal)) {
          found += 1;
          yield recording;
        }
      } catch (error) {
        // Not every kind of account and app may list all at once; the list of each user holds the same.
        if (found > 0 || !noAccountList.includes(codeOf(error))) throw error;
        yield* ofEveryUser(range, signal);
      }
    },
  };
}

/** The uuid is encoded twice, always: one that begins with a slash or holds two is not found otherwise. */
function pathOf(uuid: string): string {
  return `/meetings/${encodeURIComponent(encodeURIComponent(uuid))}/recordings`;
}

const noAccountList: readonly (string | undefined)[] = [
  'zoom_scope_missing',
  'zoom_refused',
  'zoom_unauthorized',
  'recording_not_found',
];

function codeOf(error: unknown): string | undefined {
  return error instanceof Failure ? error.code : undefined;
}

/** A user who is deleted while the others are listed is no failure. */
async function* unlessGone(recordings: AsyncGenerator<Recording>): AsyncGenerator<Recording> {
  try {
    yield* recordings;
  } catch (error) {
    if (codeOf(error) !== 'recording_not_found') throw error;
  }
}

const nextPage = z.looseObject({ next_page_token: z.string().nullish() });
const meetingPage = z.object({ meetings: z.array(zoomRecordingSchema).nullish() });
const userPage = z.object({ users: z.array(z.object({ id: z.string().min(1) })).nullish() });
const foundSchema = zoomRecordingSchema.extend({ download_access_token: z.string().nullish() });

/** undefined when it lacks what a recording cannot do without. */
function readOne(meeting: ZoomRecording): Recording | undefined {
  const { recording, problems } = recordingOf(meeting, { accountId: '', startTime: secondsIso(0) });
  return problems.includes('start_time') ? undefined : recording;
}

function unreadable(what: string): Failure {
  return new Failure('zoom_refused', `Zoom's answer for ${what} is not what its documentation says.`);
}
