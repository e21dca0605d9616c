import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startDemoServer } from './demo-server.js';

/** Zoom as far as the demo needs it: tokens, the list of a recording's files, their download, and the webhook that announces them. */
export interface DemoZoom {
  /** Settings of Reelway that lead to it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Puts a recording of a class into its cloud, with one video. */
  record(given: DemoLesson): void;
  /** Sends `recording.completed`, signed, and answers with the status. */
  announce(reelwayUrl: string, signal: AbortSignal): Promise<number>;
  readonly close: () => Promise<void>;
}

export interface DemoLesson {
  readonly uuid: string;
  readonly meetingId: number;
  readonly topic: string;
  /** ISO UTC, without milliseconds, as Zoom writes it */
  readonly startTime: string;
  readonly endTime: string;
  /** the MP4 file */
  readonly video: Uint8Array;
}

const client = { account: 'demo-account', id: 'demo-client' };

export async function startDemoZoom(): Promise<DemoZoom> {
  const secrets = { client: secret(), webhook: secret(), token: secret() };
  let lesson: DemoLesson | undefined;

  const server = await startDemoServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url ?? '/', 'http://zoom');
    const { authorization } = request.headers;
    if (pathname === '/oauth/token') {
      const basic = Buffer.from(`${client.id}:${secrets.client}`).toString('base64');
      if (authorization !== `Basic ${basic}`) return answer(response, 400, { error: 'invalid_client' });
      return answer(response, 200, { access_token: secrets.token, token_type: 'bearer', expires_in: 3600 });
    }
    if (authorization !== `Bearer ${secrets.token}`)
      return answer(response, 401, { code: 124, message: 'Invalid access token.' });
    if (!lesson || !pathname.includes('recordings'))
      return answer(response, 404, { code: 3301, message: 'No recording.' });
    if (pathname === '/recordings/video.mp4') return sendVideo(response, lesson.video);
    return answer(response, 200, { ...recordingObject(lesson), download_access_token: secrets.token });
  });

  function recordingObject({ uuid, meetingId, topic, startTime, endTime, video }: DemoLesson) {
    const file = {
      ...{ id: 'video', meeting_id: uuid, recording_start: startTime, recording_end: endTime, status: 'completed' },
      ...{ file_type: 'MP4', file_extension: 'MP4', file_size: video.byteLength },
      ...{ recording_type: 'shared_screen_with_speaker_view', download_url: `${server.origin}/recordings/video.mp4` },
    };
    return {
      ...{ uuid, id: meetingId, account_id: client.account, host_id: 'demo-host', host_email: 'teacher@example.edu' },
      ...{ topic, type: 8, start_time: startTime, timezone: 'UTC', total_size: video.byteLength, recording_count: 1 },
      duration: Math.round((Date.parse(endTime) - Date.parse(startTime)) / 60_000),
      recording_files: [file],
    };
  }

  return {
    settings: {
      WEBHOOK_VALIDATION_SECRET_TOKEN: secrets.webhook,
      ZOOM_API_BASE_URL: `${server.origin}/v2`,
      ZOOM_OAUTH_URL: `${server.origin}/oauth/token`,
      ZOOM_ACCOUNT_ID: client.account,
      ZOOM_CLIENT_ID: client.id,
      ZOOM_CLIENT_SECRET: secrets.client,
      ZOOM_DOWNLOAD_HOSTS: new URL(server.origin).host,
      // What Zoom's list holds is known: the webhook is what is shown.
      ZOOM_SWEEP_MINUTES: '0',
    },
    record: (given) => void (lesson = given),
    async announce(reelwayUrl, signal) {
      if (!lesson) throw new Error('Nothing was recorded.');
      const body = JSON.stringify({
        event: 'recording.completed',
        event_ts: Date.now(),
        payload: { account_id: client.account, object: recordingObject(lesson) },
        download_token: secrets.token,
      });
      const headers = signedHeaders(body, secrets.webhook);
      return (await fetch(`${reelwayUrl}/new_recording`, { method: 'POST', headers, body, signal })).status;
    },
    close: server.close,
  };
}

/** https://developers.zoom.us/docs/api/webhooks/: the digest of the version, the time in seconds and the raw body. */
function signedHeaders(body: string, key: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': 'application/json',
    'x-zm-request-timestamp': timestamp,
    'x-zm-signature': `v0=${digest}`,
  };
}

function secret(): string {
  return randomBytes(16).toString('hex');
}

function answer(response: ServerResponse<IncomingMessage>, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function sendVideo(response: ServerResponse<IncomingMessage>, video: Uint8Array): void {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.byteLength }).end(video);
}
