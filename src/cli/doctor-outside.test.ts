import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { serverDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { reelway } from '../../test/support/reelway.js';
import type { S3Error } from '../../test/support/s3-error.js';
import { checkSignature } from '../../test/support/s3-signature.js';
import { startSheetsServer } from '../../test/support/sheets-server.js';
import { startSlackServer } from '../../test/support/slack-server.js';
import { smtpServer } from '../../test/support/smtp-server.js';
import { packagingGroups } from '../status/packaging-groups.js';
import type { Finding } from './doctor-finding.js';

/** Runs `reelway doctor` in an empty folder. @returns its finding of that name */
async function finding(name: string, env: Record<string, string>, ...options: string[]): Promise<Finding> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'reelway-doctor-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (env.GROUP !== undefined) {
    await mkdir(path.join(cwd, 'data/packaging-groups'), { recursive: true });
    await writeFile(path.join(cwd, 'data/packaging-groups/lectures.json'), env.GROUP);
  }
  const { stdout, stderr } = await reelway(['doctor', '--json', ...options], {
    cwd,
    env: { REELWAY_PORT: '0', ...env },
  });
  const { findings } = JSON.parse(stdout || `{"findings":[],"e":${JSON.stringify(stderr)}}`) as { findings: Finding[] };
  const found = findings.find((each) => each.name === name);
  if (!found) throw new Error(`no finding ${name}: ${stdout} ${stderr}`);
  expect(JSON.stringify(found)).not.toContain('hunter2');
  return found;
}

describe('reelway doctor looks at the spreadsheet', () => {
  it('as the schedule is read: classes, rows that cannot be used, and what Google says', async () => {
    const sheets = await startSheetsServer();
    onTestFinished(() => sheets.close());
    const header = ['course code', 'type', 'day', 'start', 'meeting id with password', 'oc series'];
    const row = ['MATH', 'Lecture', 'F', '14:00', 'https://zoom.us/j/123456789', 'https://oc/#/20260112345'];
    sheets.sheets.set('Fall', [header, row]);
    const env = {
      ...{ GSHEETS_DOC_ID: sheets.documentId, GSHEETS_SHEET_NAMES: 'Fall' },
      ...{ GSHEETS_CREDENTIALS_FILE: sheets.credentialsFile, GSHEETS_API_BASE_URL: sheets.origin },
      REELWAY_PRIVATE_HOSTS: new URL(sheets.origin).host,
    };
    expect(await finding('spreadsheet', env)).toMatchObject({ status: 'ok', message: '1 classes in Fall' });
    sheets.sheets.set('Fall', [header, row, ['BAD', 'Lecture', 'X', '14:00', row[4]!, row[5]!]]);
    expect(await finding('spreadsheet', env)).toMatchObject({
      ...{ status: 'note', problems: [expect.stringContaining('line 3') as string] },
    });
    expect(await finding('spreadsheet', { ...env, GSHEETS_SHEET_NAMES: 'Spring' })).toMatchObject({
      ...{ status: 'problem', code: 'sheets_refused', message: expect.stringContaining('Spring') as string },
    });
    expect(await finding('spreadsheet', { GSHEETS_DOC_ID: 'x' })).toMatchObject({
      ...{ status: 'problem', problems: ['GSHEETS_SHEET_NAMES is missing', 'GSHEETS_CREDENTIALS_FILE is missing'] },
    });
  });
});

describe('reelway doctor looks at mail', () => {
  it('with a login and without a mail, unless a test is asked for', async () => {
    const { port, mails } = await smtpServer({
      onAuth: ({ username, password }, _session, done) =>
        password === 'hunter2' ? done(null, { user: username ?? '' }) : done(new Error('Invalid username or password')),
      authOptional: false,
    });
    const env = { REELWAY_NOTIFY: `smtp://reelway:hunter2@127.0.0.1:${port}?from=r@example.edu&to=ops@example.edu` };
    expect(await finding('notices', env)).toMatchObject({
      ...{ status: 'ok', message: `smtp://127.0.0.1:${port} lets us send mail as reelway, to ops@example.edu` },
    });
    expect(mails).toHaveLength(0);
    expect(await finding('notices', env, '--send-test')).toMatchObject({ status: 'ok' });
    expect(mails[0]).toMatchObject({ to: ['ops@example.edu'], encrypted: true, user: 'reelway' });
    const wrong = { REELWAY_NOTIFY: env.REELWAY_NOTIFY.replace('hunter2', 'other') };
    expect(await finding('notices', wrong)).toMatchObject({
      ...{ status: 'problem', code: 'notice_refused', message: expect.stringContaining('does not let us') as string },
    });
  });
});

describe('reelway doctor looks at Slack', () => {
  it('with the token, and for the groups that may use /zip', async () => {
    const slack = await startSlackServer();
    onTestFinished(() => slack.close());
    slack.groups.set('producers', []);
    const env = { ...slack.settings, REELWAY_PRIVATE_HOSTS: new URL(slack.origin).host };
    expect(await finding('Slack', { ...env, SLACK_ALLOWED_GROUPS: 'producers' })).toMatchObject({
      ...{ status: 'ok', message: 'the token is that of reelway in School' },
    });
    expect(await finding('Slack', env)).toMatchObject({
      ...{ status: 'problem', problems: ['there is no user group @no-such-group'] },
    });
    expect(await finding('Slack', { ...env, SLACK_API_TOKEN: 'hunter2' })).toMatchObject({
      ...{ status: 'problem', code: 'slack_unavailable', message: expect.stringContaining('invalid_auth') as string },
    });
  });
});

/** STS, SNS and MediaPackage VOD in one: what the doctor asks of them, with signatures checked. */
async function aws() {
  const secrets = new Map([['AKIDEXAMPLE', 'hunter2']]);
  const topic = 'arn:aws:sns:eu-west-1:123456789012:vod';
  const server = await loopbackServer(async (request, response) => {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://aws');
    const [, service = ''] = /\/([a-z-]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
    try {
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const { method = '', headers } = request;
      checkSignature(
        { method, path: url.pathname, query: url.searchParams, headers, service, bodyHash },
        secrets,
        Date.now(),
      );
    } catch (error) {
      const { code } = error as S3Error;
      const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
      return void response.writeHead(403, { 'content-type': 'text/xml' }).end(xml);
    }
    const form = new URLSearchParams(body);
    if (url.pathname === '/packaging_groups')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ packagingGroups: [{ id: 'lectures' }] }));
    response.writeHead(form.get('TopicArn') === `${topic}-gone` ? 404 : 200, { 'content-type': 'text/xml' });
    if (form.get('Action') === 'GetCallerIdentity')
      return void response.end(
        '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/reelway</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    if (form.get('TopicArn') === topic)
      return void response.end(
        '<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>SubscriptionsConfirmed</key><value>2</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>',
      );
    response.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no</Message></Error></ErrorResponse>',
    );
  });
  const env = {
    ...{ AWS_ENDPOINT_URL: server.origin, AWS_REGION: 'eu-west-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter2', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  return { env, topic };
}

describe('reelway doctor looks at AWS', () => {
  it('where something needs it: who we are, the topic, the packaging groups', async () => {
    const { env, topic } = await aws();
    expect(await finding('AWS', {})).toMatchObject({ status: 'ok', message: 'nothing of the settings needs it' });
    const notify = { ...env, REELWAY_NOTIFY: `sns:${topic}` };
    expect(await finding('AWS', notify)).toMatchObject({
      ...{ status: 'ok', message: 'arn:aws:iam::123456789012:user/reelway (for REELWAY_NOTIFY)' },
    });
    expect(await finding('notices', notify)).toMatchObject({
      ...{ status: 'ok', message: `the topic ${topic} has 2 subscriptions` },
    });
    expect(await finding('notices', { ...env, REELWAY_NOTIFY: `sns:${topic}-gone` })).toMatchObject({
      ...{ status: 'problem', code: 'notice_refused' },
    });
    expect(await finding('AWS', { ...notify, AWS_SECRET_ACCESS_KEY: 'another-secret' })).toMatchObject({
      ...{ status: 'problem', code: 'aws_credentials', help: expect.stringContaining('AWS_PROFILE') as string },
    });
  });

  it('for the packaging groups that MediaPackage is to have', async () => {
    const { env } = await aws();
    const group = { Egress: 'mediapackage-vod', PackagingGroup: { Id: 'lectures' } };
    expect(await finding('AWS', { ...env, GROUP: JSON.stringify(group) })).toMatchObject({
      ...{ status: 'ok', message: expect.stringContaining('packaging group lectures') as string },
    });
  });

  it.runIf(requires('postgres'))('for those that are in the database of a PostgreSQL server', async () => {
    const { env } = await aws();
    const opened = await serverDatabase();
    onTestFinished(() => opened.remove());
    const { tables } = opened.database;
    await packagingGroups('/nowhere', tables).save('seminars', { Egress: 'mediapackage-vod' });
    expect(await finding('AWS', { ...env, DATABASE_URL: opened.url })).toMatchObject({
      problems: ['MediaPackage has no packaging group seminars, in this region and account'],
    });
  });
});
