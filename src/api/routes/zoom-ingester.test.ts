import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, type OpenedDatabase } from '../../../test/support/databases.js';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { completed, recordingObject, signed, webhookBody } from '../../../test/support/zoom-events.js';
import { startSheetsServer, type SheetsServer } from '../../../test/support/sheets-server.js';
import { startZoomServer, type ZoomServer } from '../../../test/support/zoom-server.js';
import { readConfig } from '../../config/config.js';
import { storedToken } from '../../domain/api-token.js';
import { Failure } from '../../domain/failure.js';
import { jobIdOfIngest, type IngestRequest } from '../../domain/work-request.js';
import { zoomClientOf } from '../../../test/support/zoom-client.js';
import { recordingsIntake, type RunningIntake } from '../../recordings-intake.js';
import { recordingCatalog } from '../../status/recording-catalog.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import { apiServer, listen, stop } from '../server.js';
import type { ApiServer } from '../http-types.js';

const secret = 'webhook-secret';
const token = 'a-secret-of-the-tests';
const bearer = { authorization: `Bearer ${token}` };
let opened: OpenedDatabase;
let zoom: ZoomServer;
let google: SheetsServer;
let folder: string;
let submitted: IngestRequest[];
const servers: { app: ApiServer; intake: RunningIntake }[] = [];

beforeAll(async () => {
  [opened, zoom, google] = await Promise.all([embeddedDatabase(), startZoomServer(), startSheetsServer()]);
  folder = mkdtempSync(path.join(tmpdir(), 'reelway-routes-'));
  submitted = [];
});
afterAll(async () => {
  for (const { app, intake } of servers) {
    await intake.stop();
    await stop(app);
  }
  await Promise.all([opened.remove(), zoom.close(), google.close()]);
  rmSync(folder, { recursive: true });
});

/** The doors as `serve` opens them, over a second half that notes what it is given. */
async function start(
  env: Record<string, string> = {},
  { refusal, logged = [] }: { refusal?: Error; logged?: string[] } = {},
): Promise<string> {
  const config = readConfig({
    ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, LOCAL_TIME_ZONE: 'America/New_York', ZOOM_SWEEP_MINUTES: '0' },
    ...{ GSHEETS_DOC_ID: google.documentId, GSHEETS_SHEET_NAMES: 'Fall', GSHEETS_API_BASE_URL: google.origin },
    ...{ GSHEETS_CREDENTIALS_FILE: google.credentialsFile, SCHEDULE_SYNC_MINUTES: '0' },
    ...{
      SCHEDULE_UPDATE_SECRET: 'secret-of-the-script',
      INGEST_ALLOWED_IPS: '10.0.0.0/8',
      REELWAY_PRIVATE_HOSTS: '127.0.0.1',
    },
    ...env,
  });
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) });
  const ids = new Set<string>();
  const intake = recordingsIntake({
    ...{ config, database: opened.database, log, zoom: zoomClientOf(zoom), countEvent: () => {} },
    second: () => ({
      submit: (request) => {
        if (refusal) return Promise.reject(refusal);
        const id = jobIdOfIngest(request);
        const created = !ids.has(id);
        ids.add(id);
        submitted.push(request);
        return Promise.resolve({ id, created });
      },
      submitTranscripts: () => Promise.resolve([]),
      submitLateFiles: () => Promise.resolve([]),
    }),
  }).start({ submit: (_, id) => Promise.resolve({ id, created: true }), jobs: emptyEngine.jobs }, true);
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  const services = {
    ...{ log, version: '0.0.0', checks: [], assets: emptyAssets, ...emptyEngine, ...dashboardServices() },
    ...{ tokens: () => [storedToken('tests', token)], endpoints: { find: () => Promise.resolve(undefined) } },
    packagingGroups: packagingGroups(path.join(folder, 'groups')),
    recordings: { zoom: intake.zoomIngester, desk: intake.desk, schedule: intake.schedule },
  };
  const app = await apiServer(services, options);
  servers.push({ app, intake });
  return listen(app, options);
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers });
}

function addRecording(uuid: string, change: object = {}): void {
  const files = [{ id: `video of ${uuid}`, content: Buffer.from('video'), ...change }];
  zoom.addRecording({ uuid, id: 93_812_345_678, startTime: '2026-11-23T14:00:00Z', files });
}

describe('POST /new_recording', () => {
  it('takes a signed webhook, and what came of it shows in /status', async () => {
    const url = await start({ DEFAULT_SERIES_ID: 'default' });
    const body = completed({ uuid: 'webhook==', id: 911_111_111 });
    const response = await post(`${url}/new_recording`, body, signed(body, secret));
    expect([response.status, await response.text()]).toEqual([200, 'Success']);
    const status = async () =>
      (await fetch(`${url}/status?meeting_id=911111111`, { headers: bearer })).json() as Promise<{ records: unknown }>;
    await expect.poll(status).toEqual({
      records: {
        ...{ meeting_id: 911_111_111, topic: 'Algebra' },
        recordings: [
          {
            ...{ recording_id: 'webhook==', start_time: '2026-11-23T14:00:00Z' },
            zip_ingests: [
              {
                ...{ status: 'SENT_TO_DOWNLOADER', origin: 'webhook_notification', oc_series_id: 'default' },
                last_updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
                ingest_request_time: expect.stringMatching(/Z$/) as string,
              },
            ],
          },
        ],
      },
    });
    expect(submitted.map(({ uuid }) => uuid)).toContain('webhook==');
  });

  it('logs what came of it, what was ignored, and what was refused: others count and time by that', async () => {
    const logged: string[] = [];
    const lines = () => logged.map((line) => JSON.parse(line) as object);
    const url = await start({ MINIMUM_DURATION: '5' }, { logged });
    const body = completed({ uuid: 'logged==', id: 922_222_222, duration: 3 });
    await post(`${url}/new_recording`, body, signed(body, secret));
    const reason = 'Recording <5 minutes';
    await expect.poll(lines).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'handled an event of Zoom', name: 'recording.completed', outcome: `ignored: ${reason}`, level: 30 },
      }),
    );
    expect(lines()).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'recording', recording: 'logged==', status: 'IGNORED', reason, minutes: 3, minutesInPipeline: 0 },
      }),
    );
    const refused = (route: string, status: number) =>
      expect.objectContaining({ msg: 'answered with an error', route, status }) as object;
    await post(`${url}/new_recording`, body, signed(body, 'another-secret'));
    await expect.poll(lines).toContainEqual(refused('/new_recording', 401));
    await post(`${url}/ingest?token=a-secret`, '{}', { authorization: 'Bearer nobodys' });
    await expect.poll(lines).toContainEqual(refused('/ingest', 401));
    expect(logged.join('')).not.toMatch(/a-secret|nobodys/);
  });

  it('does not care what type the body is said to be', async () => {
    const url = await start();
    const body = webhookBody('recording.started', recordingObject());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      const headers = { ...signed(body, secret), 'content-type': type };
      expect((await post(`${url}/new_recording`, body, headers)).status).toBe(204);
    }
  });

  it.each([
    ['unsigned', completed(), 'somebody else', 401],
    ['no JSON', 'hello', secret, 400],
    ['empty', '', secret, 400],
    ['of no interest', webhookBody('user.created', {}), secret, 204],
    ['larger than it may be', `"${'x'.repeat(4_200_000)}"`, secret, 413],
  ])('answers what is %s', async (_, body, by, status) => {
    const url = await start();
    expect((await post(`${url}/new_recording`, body, signed(body, by))).status).toBe(status);
  });
});

describe('POST /ingest', () => {
  const ingest = async (url: string, body: unknown, headers: Record<string, string> = bearer) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await post(`${url}/ingest`, text, headers);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    return [response.status, ((await response.json()) as { message: string }).message];
  };

  it('starts the ingest of a recording, into the series that was named', async () => {
    const url = await start();
    addRecording('on/demand+1==');
    const link = 'https://zoom.us/recording/detail?meeting_id=on/demand+1==';
    const body = {
      uuid: link,
      oc_series_id: '2021',
      oc_workflow: 'fast',
      allow_multiple_ingests: true,
      ingest_all_mp4: true,
    };
    expect(await ingest(url, body)).toEqual([200, 'Ingest accepted']);
    expect(submitted.at(-1)).toMatchObject({
      ...{ uuid: 'on/demand+1==', origin: 'on_demand', opencastWorkflow: 'fast' },
      ...{ allowMultipleIngests: true, ingestAllMp4: true, series: { id: '2021', title: 'Lecture' } },
      trackingId: expect.stringMatching(/^on-demand-[0-9a-f-]{36}$/) as string,
    });
    expect(submitted.at(-1)?.recording.files).toHaveLength(1);
  });

  it('says that a recording is being ingested already', async () => {
    const url = await start({ DEFAULT_SERIES_ID: 'default' });
    addRecording('twice');
    expect(await ingest(url, { uuid: 'twice' })).toEqual([200, 'Ingest accepted']);
    expect(await ingest(url, { uuid: 'twice' })).toEqual([200, 'Ingest accepted']);
    const { records } = (await (await fetch(`${url}/status?seconds=60`, { headers: bearer })).json()) as {
      records: {
        meetings: { recordings: { recording_id: string; zip_ingests: { status: string; reason?: string }[] }[] }[];
      };
    };
    const ingests = records.meetings
      .flatMap(({ recordings }) => recordings)
      .find(({ recording_id }) => recording_id === 'twice')?.zip_ingests;
    expect(ingests?.map(({ status, reason }) => [status, reason])).toEqual([
      ['SENT_TO_DOWNLOADER', undefined],
      ['IGNORED', 'Already being ingested'],
    ]);
  });

  it.each([
    ['', 400, /no body found/i],
    ['{', 400, /not valid json/],
    ['{}', 400, /Missing recording uuid/],
    ['{"uuid":"https://zoom.us/recording/detail"}', 404, /malformed or missing 'meeting_id'/],
    ['{"uuid":"nobody"}', 404, /No zoom recording with id 'nobody'/],
    ['{"uuid":"processing"}', 503, /Not all recorded files have status 'completed'/],
    ['{"uuid":"empty"}', 503, /no recording files/],
    ['{"uuid":"chat"}', 500, /No mp4 files/],
  ])('answers %j with %s', async (body, status, message) => {
    const url = await start();
    addRecording('processing', { status: 'processing' });
    addRecording('chat', { fileType: 'CHAT' });
    zoom.addRecording({ uuid: 'empty', id: 1, startTime: '2026-11-23T14:00:00Z', files: [] });
    const answer = await ingest(url, body);
    expect(answer[0]).toBe(status);
    expect(answer[1]).toMatch(message);
  });

  it('answers any other failure of Zoom with 500', async () => {
    const url = await start();
    zoom.behave({
      answers: [{ match: /meetings\/refused/, status: 400, body: '{"code":200,"message":"Not for this plan."}' }],
    });
    expect(await ingest(url, { uuid: 'refused' })).toEqual([500, expect.stringContaining('Not for this plan.')]);
  });

  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  it.each([
    ['settings', 500, new Failure('invalid_settings', 'Opencast is not set up.'), /^Opencast is not set up\. Correct/],
    ['a job below', 503, new Failure('conflict', 'Not done yet.'), /^Not done yet\./],
    ['the database', 503, away, /^The database does not answer/],
  ])(
    'says what it is when %s stands in the way, and leaves nothing waiting',
    async (name, status, refusal, message) => {
      const url = await start({ DEFAULT_SERIES_ID: 'default' }, { refusal });
      addRecording(`blocked by ${name}`);
      expect(await ingest(url, { uuid: `blocked by ${name}` })).toEqual([status, expect.stringMatching(message)]);
      const found = await recordingCatalog(opened.database.tables).find(`blocked by ${name}`);
      expect(found?.ingests.map((each) => each.status)).toEqual(['IGNORED']);
    },
  );

  it('needs a token or an allowed address', async () => {
    const url = await start();
    expect((await ingest(url, { uuid: 'x' }, {}))[0]).toBe(401);
    expect((await ingest(url, { uuid: 'x' }, { authorization: 'Bearer wrong-wrong-wrong' }))[0]).toBe(401);
    const open = await start({ INGEST_ALLOWED_IPS: '127.0.0.1' });
    expect((await ingest(open, { uuid: 'nobody' }, {}))[0]).toBe(404);
    expect((await ingest(open, { uuid: 'x' }, { authorization: 'Bearer wrong-wrong-wrong' }))[0]).toBe(401);
  });

  it('may be asked from pages of any origin', async () => {
    const url = await start();
    const response = await fetch(`${url}/ingest`, {
      method: 'OPTIONS',
      headers: { origin: 'https://opencast.example.edu' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  });
});

describe('GET /status', () => {
  it.each([
    ['', 400],
    ['?meeting_id=', 400],
    ['?meeting_id=abc', 400],
    ['?meeting_id=%D9%A3', 400],
    ['?meeting_id=1&meeting_id=2', 400],
    ['?seconds=-1', 400],
    ['?seconds=3601', 400],
    ['?seconds=1.5', 400],
    ['?seconds=0', 200],
    ['?seconds=3600', 200],
    ['?meeting_id=0', 200],
    ['?meeting_id=7&seconds=x', 200],
  ])('%j is answered with %s', async (query, status) => {
    const url = await start();
    expect((await fetch(`${url}/status${query}`, { headers: bearer })).status).toBe(status);
  });

  it('is null for a meeting that is not known, and a list by time', async () => {
    const url = await start();
    const records = async (query: string) => (await fetch(`${url}/status?${query}`, { headers: bearer })).json();
    expect(await records('meeting_id=424242')).toEqual({ records: null });
    expect(await records('seconds=0')).toEqual({ records: { meetings: [] } });
  });

  it('needs a token or an allowed address', async () => {
    expect((await fetch(`${await start()}/status?seconds=1`)).status).toBe(401);
    expect((await fetch(`${await start({ INGEST_ALLOWED_IPS: '127.0.0.0/8' })}/status?seconds=1`)).status).toBe(200);
  });
});

describe('POST /schedule_update', () => {
  const header = ['Course Code', 'Type', 'Day', 'Start', 'Meeting ID with Password', 'OC Series'];
  const links = ['https://zoom.us/j/93812345678', 'https://opencast.example.edu/#/2021/01/12345'];
  const withSecret = { authorization: 'Bearer secret-of-the-script' };

  it('reads the spreadsheet, and tells the rows that are not usable', async () => {
    const url = await start();
    google.sheets.set('Fall', [
      header,
      ['A', 'Lecture', 'MW', '09:00', ...links],
      ['B', 'Lecture', 'X', '09:00', ...links],
    ]);
    const response = await post(`${url}/schedule_update`, '', withSecret);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^Success\n.*\nFall line 3: B: day must hold one of/);
    const { classes } = (await (await fetch(`${url}/api/schedule`, { headers: bearer })).json()) as {
      classes: unknown[];
    };
    expect(classes).toHaveLength(2);
  });

  it('is refused without the secret, and fails when the spreadsheet cannot be read', async () => {
    const url = await start();
    expect((await post(`${url}/schedule_update`, '')).status).toBe(401);
    expect((await post(`${url}/schedule_update`, '', { authorization: 'Bearer another-secret-of-it' })).status).toBe(
      401,
    );
    google.sheets.delete('Fall');
    const failed = await post(`${url}/schedule_update`, '', bearer);
    expect([failed.status, await failed.text()]).toEqual([500, expect.stringContaining('Unable to parse range: Fall')]);
  });
});

describe('the desk of operators', () => {
  it('imports a file, first as a trial', async () => {
    const url = await start();
    const text =
      'course code,type,day,start,meeting id with password,oc series\nA,lab,F,9:00,https://zoom.us/j/1,https://x/#1\nB\n';
    const send = async (body: object, headers: Record<string, string> = bearer) => {
      const response = await post(`${url}/api/schedule/import`, JSON.stringify(body), {
        'content-type': 'application/json',
        ...headers,
      });
      return {
        status: response.status,
        body: (await response.json()) as { added: unknown[]; problems: unknown[]; code: string },
      };
    };
    const file = { name: 'fall.csv', format: 'csv', text };
    const trial = await send({ ...file, dryRun: true });
    expect([trial.body.added.length, trial.body.problems.length]).toEqual([1, 4]);
    expect((await send({ ...file, dryRun: true })).body.added).toHaveLength(1);
    expect((await send(file)).body.added).toHaveLength(1);
    expect((await send(file)).body.added).toHaveLength(0);
    expect(await send({ ...file, text: 'x' })).toMatchObject({ status: 422, body: { code: 'schedule_invalid' } });
    expect((await send(file, { authorization: 'Bearer wrong-wrong-wrong' })).status).toBe(401);
  });

  it('refuses days that are none', async () => {
    const url = await start();
    for (const body of [
      { from: '2026-11-02', to: '2026-11-01' },
      { from: 'x', to: 'y' },
      { from: '2026-11-01', to: '2026-11-31' },
      { from: '2026-11-01', to: '2026-13-01' },
    ]) {
      const headers = { 'content-type': 'application/json', ...bearer };
      expect((await post(`${url}/api/recordings/backfill`, JSON.stringify(body), headers)).status).toBe(400);
    }
  });
});
