import { createHmac, randomUUID } from 'node:crypto';

/** Webhooks as Zoom sends them: shapes of its own types, every value made up. */
export interface MadeRecording {
  readonly uuid?: string;
  readonly id?: number;
  readonly topic?: string;
  /** of the meeting */
  readonly startTime?: string;
  readonly duration?: number;
  readonly files?: readonly object[];
}

export const accountId = 'AbCdEfGhIjKlMnOp';

export function videoFile(change: object = {}): object {
  const id = randomUUID();
  return {
    ...{ id, meeting_id: 'x', recording_start: '2026-11-23T14:02:00Z', recording_end: '2026-11-23T14:52:00Z' },
    ...{ file_type: 'MP4', file_size: 123_456, file_extension: 'MP4', status: 'completed' },
    ...{ recording_type: 'shared_screen_with_speaker_view', play_url: `https://us06web.zoom.us/rec/play/${id}` },
    download_url: `https://us06web.zoom.us/rec/webhook_download/${id}`,
    ...change,
  };
}

export function recordingObject(made: MadeRecording = {}): object {
  const {
    uuid = `${randomUUID().slice(0, 22)}==`,
    id = 93_812_345_678,
    topic = 'Algebra',
    files = [videoFile()],
  } = made;
  return {
    ...{ uuid, id, topic, account_id: accountId, host_id: 'HoStIdHoStId', host_email: 'teacher@example.edu', type: 8 },
    ...{ start_time: made.startTime ?? '2026-11-23T14:00:00Z', timezone: 'America/New_York' },
    ...{ duration: made.duration ?? 52, total_size: 123_456, recording_count: files.length, password: 'hunter2' },
    ...{ share_url: `https://us06web.zoom.us/rec/share/${uuid}?pwd=hunter2`, recording_play_passcode: 'hunter2' },
    recording_files: files,
  };
}

/** A webhook's body; `event_ts` is milliseconds. */
export function webhookBody(event: string, object: object, change: object = {}): string {
  return JSON.stringify({
    event,
    event_ts: Date.now(),
    payload: { account_id: accountId, object },
    ...(event === 'recording.completed' && { download_token: 'hunter2.hunter2.hunter2' }),
    ...change,
  });
}

export function completed(made: MadeRecording = {}, change: object = {}): string {
  return webhookBody('recording.completed', recordingObject(made), change);
}

/** Headers of a signed request. @param at milliseconds since 1970 */
export function signed(body: string, secret: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': 'application/json; charset=utf-8',
    'x-zm-request-timestamp': timestamp,
    'x-zm-signature': `v0=${digest}`,
  };
}
