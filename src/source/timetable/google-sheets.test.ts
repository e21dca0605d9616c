import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSheetsServer, type SheetsServer } from '../../../test/support/sheets-server.js';
import type { Failure } from '../../domain/failure.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { googleSheets } from './google-sheets.js';

let google: SheetsServer;
beforeEach(async () => (google = await startSheetsServer()));
afterEach(() => google.close());

const header = ['Course Code', 'Type', 'Day', 'Start', 'Meeting ID with Password', 'OC Series'];
const links = ['https://zoom.us/j/93812345678', 'https://opencast.example.edu/#/2021/01/12345'];

function source(change: { documentId?: string; sheetNames?: string[] } = {}) {
  return googleSheets({
    ...{ documentId: google.documentId, sheetNames: ['Fall', "Bob's 2026/27"], apiBaseUrl: google.origin },
    ...{ credentialsFile: google.credentialsFile, ...change },
    http: httpClient({ policy: trusting(google.origin, { privateHosts: [] }) }),
  });
}

async function refusal(attempt: Promise<unknown>): Promise<Failure> {
  return attempt.then(
    () => expect.unreachable('was not refused'),
    (error: unknown) => error as Failure,
  );
}

describe('a schedule in Google Sheets', () => {
  beforeEach(() => {
    google.sheets.set('Fall', [header, ['A', 'Lecture', 'MW', '09:00', ...links], [], ['B', 'Lecture', 'M']]);
    google.sheets.set("Bob's 2026/27", [header, ['C', 'Lab', 'F', '10:00', ...links], [7, true]]);
  });

  it('may have the column that says where recordings go', async () => {
    google.sheets.set('Fall', [
      [...header, 'Publish'],
      ['A', 'Lecture', 'M', '09:00', ...links, 'both'],
      ['B', 'Lecture', 'T', '09:00', ...links],
    ]);
    const { classes } = await source({ sheetNames: ['Fall'] }).read();
    expect(classes.map(({ publish }) => publish)).toEqual(['both', undefined]);
  });

  it('is all of its sheets, with the lines of bad rows', async () => {
    const { classes, problems } = await source().read();
    expect(classes.map(({ courseCode, day }) => `${courseCode} ${day}`)).toEqual(['A M', 'A W', 'C F']);
    expect(new Set(problems.map(({ source: sheet, line }) => `${sheet} ${line}`))).toEqual(
      new Set(['Fall 4', "Bob's 2026/27 3"]),
    );
  });

  it.each([
    ['a sheet that is not there', { sheetNames: ['Spring'] }, 'sheets_refused', 'Unable to parse range: Spring'],
    ['a document that is not there', { documentId: 'other' }, 'sheets_refused', 'Requested entity was not found.'],
  ])('fails as a whole for %s', async (_, change, code, words) => {
    const failure = await refusal(source(change).read());
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });

  it('fails as a whole for an empty sheet, which has no header', async () => {
    google.sheets.set('Fall', []);
    expect((await refusal(source().read())).code).toBe('schedule_invalid');
  });

  it('gets over a limit and an outage', async () => {
    google.answers.push({ status: 429, body: '{}', headers: { 'retry-after': '0' } }, { status: 503, body: '' });
    expect((await source().read()).classes).toHaveLength(3);
  });

  it('is not let in with another key, and tells nothing of it', async () => {
    const other = await startSheetsServer();
    const key = JSON.parse((await import('node:fs')).readFileSync(other.credentialsFile, 'utf8')) as object;
    await other.close();
    writeFileSync(google.credentialsFile, JSON.stringify({ ...key, token_uri: `${google.origin}/token` }));
    const failure = await refusal(source().read());
    expect(failure).toMatchObject({ code: 'sheets_refused' });
    expect(failure.message).toContain('Invalid JWT Signature.');
    for (const text of ['{"private_key":"-----BEGIN PRIVATE KEY----- hunter2"', '{"private_key":"hunter2"}']) {
      writeFileSync(google.credentialsFile, text);
      const unusable = await refusal(source().read());
      expect(unusable.code).toBe('invalid_settings');
      expect(unusable.message).not.toContain('hunter2');
    }
  });
});
