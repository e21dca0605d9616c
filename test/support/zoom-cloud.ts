/** The recordings that Zoom has, and how it finds and describes them. */

export interface CloudRecording {
  readonly uuid: string;
  /** default: the first account's */
  readonly accountId?: string;
  /** meeting number */
  readonly id: number;
  readonly topic?: string;
  /** of the host; default `teacher@example.edu`'s */
  readonly userId?: string;
  /** meeting start, ISO UTC */
  readonly startTime: string;
  /** minutes */
  readonly duration?: number;
  readonly files: readonly CloudFile[];
}

export interface CloudFile {
  readonly id: string;
  /** default MP4 */
  readonly fileType?: string;
  readonly fileExtension?: string;
  /** default shared_screen_with_speaker_view */
  readonly recordingType?: string;
  /** ISO UTC; default the meeting's start and, for the end, its start plus its duration */
  readonly start?: string;
  readonly end?: string;
  /** default completed */
  readonly status?: string;
  readonly content: Uint8Array;
  /** what Zoom says the size is, where it is not the content's */
  readonly claimedSize?: number;
}

export const defaultUser = { id: 'HoStIdHoStId', email: 'teacher@example.edu' };

/**
 * @param accountId of recordings that name no account
 * @param origin of the addresses in descriptions
 */
export function zoomCloud(accountId: string, origin: string) {
  const recordings = new Map<string, CloudRecording>();

  function allUsers() {
    const ids = new Set([defaultUser.id, ...[...recordings.values()].map(({ userId = defaultUser.id }) => userId)]);
    return [...ids].map((id) => ({
      id,
      email: id === defaultUser.id ? defaultUser.email : `${id}@example.edu`,
      type: 2,
    }));
  }

  function recordingsOf(asks: string): CloudRecording[] {
    return [...recordings.values()].filter(({ accountId: owner = accountId }) => owner === asks);
  }

  /** One decoding is the router's; a uuid that then still looks like a path was not encoded twice. */
  function findMeeting(subject: string, asks: string): CloudRecording | undefined {
    const once = decodeURIComponent(subject);
    if (once.includes('/') && (once.startsWith('/') || once.includes('//'))) return undefined;
    const name = safeDecode(once);
    const own = recordingsOf(asks);
    if (!/^\d{9,12}$/.test(name)) return own.find(({ uuid }) => uuid === name);
    // A meeting number stands for its latest instance.
    const instances = own.filter(({ id }) => String(id) === name);
    return instances.sort((a, b) => b.startTime.localeCompare(a.startTime))[0];
  }

  /** As the API tells of it. */
  function describe(recording: CloudRecording) {
    const { uuid, id, topic = 'Algebra', userId = defaultUser.id, startTime, duration = 50, files } = recording;
    const endTime = new Date(Date.parse(startTime) + duration * 60_000).toISOString().replace('.000Z', 'Z');
    return {
      ...{
        uuid,
        id,
        topic,
        host_id: userId,
        account_id: recording.accountId ?? accountId,
        type: '8',
        start_time: startTime,
        duration,
      },
      ...{ total_size: files.reduce((sum, { content }) => sum + content.length, 0), recording_count: files.length },
      ...{ password: 'hunter2', share_url: `${origin}/rec/share/${encodeURIComponent(uuid)}?pwd=hunter2` },
      recording_files: files.map((file) => ({
        ...{ id: file.id, meeting_id: uuid, file_type: file.fileType ?? 'MP4' },
        ...{ file_extension: file.fileExtension ?? file.fileType ?? 'MP4', status: file.status ?? 'completed' },
        ...{ recording_type: file.recordingType ?? 'shared_screen_with_speaker_view' },
        ...{ recording_start: file.start ?? startTime, recording_end: file.end ?? endTime },
        file_size: file.claimedSize ?? file.content.length,
        download_url: `${origin}/rec/download/${encodeURIComponent(file.id)}`,
      })),
    };
  }

  return { recordings, allUsers, recordingsOf, findMeeting, describe };
}

function safeDecode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
