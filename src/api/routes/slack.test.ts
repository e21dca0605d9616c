import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { embeddedDatabase, type OpenedDatabase } from '../../../test/support/databases.js';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { signed, startSlackServer, type SlackDelivery, type SlackServer } from '../../../test/support/slack-server.js';
import { startZoomServer, type ZoomServer } from '../../../test/support/zoom-server.js';
import { zoomClientOf } from '../../../test/support/zoom-client.js';
import { readConfig } from '../../config/config.js';
import type { Recording } from '../../domain/recording.js';
import type { RecordingStatus } from '../../domain/recording-status.js';
import { automaticTrackingId, jobIdOfIngest, type IngestRequest } from '../../domain/work-request.js';
import { recordingsIntake, type RunningIntake } from '../../recordings-intake.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import { recordingCatalog } from '../../status/recording-catalog.js';
import { scheduleTable } from '../../status/schedule-table.js';
import type { JobSummary } from '../../workflow/job-view.js';
import { apiServer, listen, stop } from '../server.js';
import type { ApiServer } from '../http-types.js';

let opened: OpenedDatabase;
let zoom: ZoomServer;
let slack: SlackServer;
let folder: string;
let app: ApiServer;
let intake: RunningIntake;
let url: string;
const submitted: IngestRequest[] = [];
const retried: string[] = [];

beforeAll(async () => {
  [opened, zoom, slack] = await Promise.all([embeddedDatabase(), startZoomServer(), startSlackServer()]);
  folder = mkdtempSync(path.join(tmpdir(), 'reelway-slack-'));
  const config = readConfig({
    ...{ LOCAL_TIME_ZONE: 'America/New_York', REELWAY_PRIVATE_HOSTS: '127.0.0.1', ZOOM_SWEEP_MINUTES: '0' },
    ...slack.settings,
  });
  const log = pino({ level: 'silent' });
  const jobs = {
    ...emptyEngine.jobs,
    retry: (id: string) => {
      retried.push(id);
      return Promise.resolve({} as JobSummary);
    },
  };
  intake = recordingsIntake({
    ...{ config, database: opened.database, log, zoom: zoomClientOf(zoom), countEvent: () => {} },
    second: () => ({
      submit: (request) => {
        const id = jobIdOfIngest(request);
        const created = !submitted.some((before) => jobIdOfIngest(before) === id);
        submitted.push(request);
        return Promise.resolve({ id, created });
      },
      submitTranscripts: () => Promise.resolve([]),
      submitLateFiles: () => Promise.resolve([]),
    }),
  }).start({ submit: (_, id) => Promise.resolve({ id, created: true }), jobs }, false);
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  app = await apiServer(
    {
      ...{ log, version: '0.0.0', checks: [], assets: emptyAssets, ...emptyEngine, ...dashboardServices() },
      ...{ tokens: () => [], endpoints: { find: () => Promise.resolve(undefined) } },
      packagingGroups: packagingGroups(path.join(folder, 'groups')),
      recordings: { zoom: intake.zoomIngester, desk: intake.desk, schedule: intake.schedule },
      slack: intake.slack!,
    },
    options,
  );
  url = await listen(app, options);
  await scheduleTable(opened.database.tables).replace('file:fall.csv', [
    {
      ...{ meetingId: '1234567890', seriesId: '20260112345', courseCode: 'MATH <1>' },
      ...{ day: 'M', time: '14:05', title: 'Lecture' },
    },
  ]);
  // Mondays at 14:05 in New York are 19:05 in UTC in winter; the fourth is on a Tuesday.
  const starts = ['2026-11-02', '2026-11-09', '2026-11-16', '2026-11-17', '2026-11-23', '2026-11-30', '2026-12-07'];
  for (const day of starts) await add({ day });
  await add({ day: '2026-11-24', status: 'RECORDING_IN_PROGRESS' });
  await add({ day: '2026-11-25', status: 'SENT_TO_DOWNLOADER' });
});
afterAll(async () => {
  await intake.stop();
  await stop(app);
  await Promise.all([opened.remove(), zoom.close(), slack.close()]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  slack.groups.set('producers', ['U1']).set('others', ['U2']);
});

interface Made {
  readonly day: string;
  readonly meetingId?: string;
  readonly status?: RecordingStatus;
  readonly reason?: string;
  readonly jobId?: string;
}

async function add({ day, meetingId = '1234567890', status = 'OPENCAST_SUCCEEDED', ...change }: Made): Promise<string> {
  const uuid = `${day}/${meetingId}==`;
  const catalog = recordingCatalog(opened.database.tables);
  const recording: Recording = {
    ...{ accountId: 'account', uuid, meetingId, topic: 'Algebra & more', hostId: 'host', files: [] },
    ...{ startTime: `${day}T19:07:00Z`, durationMinutes: 50 },
  };
  await catalog.save(recording);
  await catalog.openIngest({ trackingId: automaticTrackingId(uuid), uuid, origin: 'webhook' }, status, change);
  return uuid;
}

/** All words of a message, a line for each block; `---` for a divider. */
function wordsOf(message: SlackDelivery | undefined): string {
  if (message?.text !== undefined) return message.text;
  return (message?.blocks ?? [])
    .map((block) => {
      const { type, text, elements } = block as {
        type: string;
        text?: { text: string };
        elements?: { text: string | { text: string } }[];
      };
      if (type === 'divider') return '---';
      const inside = (elements ?? []).map((element) =>
        typeof element.text === 'string' ? element.text : `[${element.text.text}]`,
      );
      return [...(text ? [text.text] : []), ...inside].join(' ');
    })
    .join('\n');
}

/** The value of the button of that name. */
function valueOf(message: SlackDelivery | undefined, name: RegExp): string {
  const buttons = (message?.blocks ?? []).flatMap(
    ({ elements }) => (elements ?? []) as { value?: string; text: { text: string } }[],
  );
  return buttons.find(({ text, value }) => value !== undefined && name.test(text.text))?.value ?? 'no such button';
}

describe('POST /slack', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const body = 'command=%2Fzip&text=help&user_id=U1&channel_name=zip&response_url=https%3A%2F%2Fhooks.slack.com%2Fx';
  it.each([
    ['another secret', () => signed(body, now(), 'another')],
    ['a signature of six minutes ago', () => signed(body, now() - 360)],
    ['a signature of six minutes ahead', () => signed(body, now() + 360)],
    ['another client', () => ({ ...signed(body), 'user-agent': 'curl/8' })],
    ['no signature', () => ({ ...signed(body), 'x-slack-signature': '' })],
    [
      'a version of its own choice',
      () => ({
        ...signed(body),
        'x-slack-signature': `v9=${createHmac('sha256', 'slack-signing-secret').update(`v9:${now()}:${body}`).digest('hex')}`,
      }),
    ],
  ])('does nothing for %s', async (_, headers) => {
    const answer = await fetch(`${url}/slack`, { method: 'POST', body, headers: headers() });
    expect(answer.status).toBe(200);
    const said = (await answer.json()) as SlackDelivery;
    expect(said).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('verified') as string });
  });

  it('answers what is neither a command nor a button with 400', async () => {
    for (const text of ['', 'a=b', 'payload=no', 'payload={}', 'command=%2Fzip'])
      expect((await fetch(`${url}/slack`, { method: 'POST', body: text, headers: signed(text) })).status).toBe(400);
  });
});

describe('/zip', () => {
  it('says so when Slack does not tell who may', async () => {
    slack.error = 'ratelimited';
    const { body } = await slack.command(url, 'help');
    slack.error = undefined;
    expect(body?.response_type).toBe('ephemeral');
    expect(body?.text).toMatch(/^Slack refuses usergroups\.list: ratelimited\. .*usergroups:read/);
  });

  it('is acknowledged in time when Slack is slow, and answered later; members are asked for once in a while only', async () => {
    slack.delay = 1100; // twice: groups, members
    const { status, body, deliveries } = await slack.command(url, 'help');
    slack.delay = 0;
    expect([status, body]).toEqual([200, undefined]);
    await expect.poll(() => deliveries.map(wordsOf), { timeout: 10_000 }).toEqual([expect.stringContaining('/zip')]);
    const before = slack.requests.filter((request) => request.includes('usergroups')).length;
    expect((await slack.command(url, 'help')).body).toEqual(deliveries[0]);
    expect(slack.requests.filter((request) => request.includes('usergroups'))).toHaveLength(before);
  });

  it('is for members of the groups, and says so to them alone', async () => {
    const { body } = await slack.command(url, '1234567890', { user: 'U2' });
    expect(body).toMatchObject({ response_type: 'ephemeral', text: 'You are not authorized to use /zip.' });
  });

  it('is for direct messages and one channel', async () => {
    const { body } = await slack.command(url, '1234567890', { channel: 'general' });
    expect(body).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('#zip channel') as string });
    expect((await slack.command(url, '1234567890', { channel: 'directmessage' })).body?.response_type).toBe(
      'in_channel',
    );
  });

  it.each(['', ' ', 'help'])('shows its help for %j', async (typed) => {
    const { body } = await slack.command(url, typed);
    expect(body?.response_type).toBe('ephemeral');
    expect(wordsOf(body)).toContain('/zip [meeting ID]');
  });

  it.each(['12345678', '123456789012', 'algebra', '١٢٣٤٥٦٧٨٩٠'])('refuses %s as a meeting', async (typed) => {
    const { body } = await slack.command(url, typed);
    expect(body).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('no Zoom meeting ID') as string,
    });
  });

  it.each(['1234567890', '123 456 7890', '123-456-7890', '*1234567890*'])(
    'shows the meeting %s to all',
    async (typed) => {
      const { body } = await slack.command(url, typed);
      expect(body?.response_type).toBe('in_channel');
      const lines = wordsOf(body).split('\n');
      expect(lines.slice(0, 7)).toEqual([
        'Algebra & more',
        'Source: Reelway, times of America/New_York',
        '*Zoom meeting:* 123 456 7890  *Opencast series:* 20260112345',
        ':calendar: MATH &lt;1&gt; Lecture on Mondays at 2:05PM',
        '---',
        ':movie_camera: *Recording of Dec 7, 2026, 2:07 PM*',
        expect.stringMatching(/^\*Automated ingest\*, requested \[unknown\]$/),
      ]);
      expect(wordsOf(body)).toMatch(/> \*Status:\* Done: it is in Opencast\. \(updated .*\)/);
      const link = 'https://zoom.us/recording/management/detail?meeting_id=2026-12-07%2F1234567890%3D%3D';
      expect(lines).toContain(`<${link}|View in Zoom>`);
      expect(lines.at(-1)).toBe('[Next 2 of 7 more]');
    },
  );

  it('shows signs that mean something to Slack as they were typed', async () => {
    const { body } = await slack.command(url, 'a <!channel> & b');
    expect(body?.text).toMatch(/^"a &lt;!channel&gt; &amp; b" is no Zoom meeting ID/);
  });

  it('says of a meeting that nobody knows that nothing is known', async () => {
    const lines = wordsOf((await slack.command(url, '999 9999 9999')).body).split('\n');
    expect(lines[0]).toBe('Zoom Meeting 999 9999 9999');
    expect(lines[3]).toContain('not in the class schedule');
    expect(lines.at(-1)).toBe('No recent recordings found.');
  });

  it('shows two more with each press in the same message, and after six a message of its own', async () => {
    const texts: string[] = [];
    let message = (await slack.command(url, '1234567890')).body;
    await add({ day: '2026-12-14' }); // newer than what was shown first: moves nothing
    for (const expected of [4, 6]) {
      const { status, deliveries } = await slack.press(url, valueOf(message, /Next/));
      expect(status).toBe(204);
      await expect.poll(() => deliveries.length).toBe(1);
      message = deliveries[0];
      expect(message?.replace_original).toBe(true);
      expect(wordsOf(message).match(/Recording of/g)).toHaveLength(expected);
    }
    texts.push(wordsOf(message));
    const { deliveries } = await slack.press(url, valueOf(message, /Next/), { blocks: message?.blocks ?? [] });
    await expect.poll(() => deliveries.length).toBe(2);
    expect(deliveries[0]).toMatchObject({ replace_original: true, blocks: message?.blocks?.slice(0, -2) });
    expect(deliveries[1]?.replace_original).toBe(false);
    expect(wordsOf(deliveries[1])).not.toContain('Source:');
    const last = await slack.press(url, valueOf(deliveries[1], /Next/));
    await expect.poll(() => last.deliveries.length).toBe(1);
    texts.push(wordsOf(last.deliveries[0]));
    const days = [...texts.join('\n').matchAll(/Recording of (\w+ \d+)/g)].map(([, day]) => day);
    expect(days).toEqual(['Dec 7', 'Nov 30', 'Nov 25', 'Nov 24', 'Nov 23', 'Nov 17', 'Nov 16', 'Nov 9', 'Nov 2']);
    expect(texts[1]?.split('\n').at(-1)).toBe('End of results.');
    // What Zoom does now, without more; and what will be ignored is called so.
    expect(texts[0]).toMatch(/Nov 24, 2026, 2:07 PM\*\n\*Status:\* Recording in progress in Zoom\.\n---/);
    expect(texts[0]).toMatch(/Nov 25, .*\n.*\n> \*Status:\* Ignored\. No class of the schedule matches\./);
  });

  it('does nothing for a button that it does not know', async () => {
    for (const value of ['', '{}', 'null', '{"version":1,"mid":1234567890,"count":2,"start_index":0}']) {
      const { status, deliveries } = await slack.press(url, value);
      expect([status, deliveries.length]).toEqual([204, 0]);
    }
  });

  it('lets those who may retry what failed, and nobody else', async () => {
    await add({
      ...{ day: '2026-11-03', meetingId: '2222222222', status: 'DOWNLOADER_FAILED' },
      ...{ reason: 'Zoom answers 404', jobId: 'recording:x' },
    });
    const { body } = await slack.command(url, '222 222 2222');
    expect(wordsOf(body)).toContain('Its files could not be fetched. Zoom answers 404');
    const stranger = await slack.press(url, valueOf(body, /Retry/), { user: 'U2' });
    await expect.poll(() => stranger.deliveries.map(wordsOf)).toEqual(['You are not authorized to use this button.']);
    expect(retried).toEqual([]);
    const { deliveries } = await slack.press(url, valueOf(body, /Retry/));
    await expect.poll(() => deliveries.map(wordsOf)).toEqual(['<@U1> let the ingest go on from the step that failed.']);
    expect(retried).toEqual(['recording:x']);
  });

  it('ingests what was ignored into the series of its meeting', async () => {
    const uuid = await add({ day: '2026-10-14', meetingId: '3333333333', status: 'IGNORED' });
    zoom.addRecording({
      ...{ uuid, id: 3_333_333_333, startTime: '2026-10-14T19:07:00Z' },
      files: [{ id: 'video', content: Buffer.from('video') }],
    });
    const nowhere = (await slack.command(url, '3333333333')).body;
    expect(valueOf(nowhere, /Ingest/)).toBe('no such button');
    await scheduleTable(opened.database.tables).replace('file:more.csv', [
      { meetingId: '3333333333', seriesId: 'series-3', courseCode: 'B', day: 'F', time: '09:00', title: 'Section' },
    ]);
    const { body } = await slack.command(url, '3333333333');
    const { deliveries } = await slack.press(url, valueOf(body, /Ingest into series-3/));
    await expect.poll(() => deliveries.map(wordsOf)).toEqual(['<@U1> asked for the ingest into series series-3.']);
    expect(submitted.at(-1)).toMatchObject({ uuid, origin: 'on_demand', series: { id: 'series-3' } });
    const again = await slack.press(url, valueOf(body, /Ingest into series-3/));
    await expect
      .poll(() => again.deliveries.map(wordsOf))
      .toEqual(['There is nothing to ingest: It is being ingested already.']);
  });
});
