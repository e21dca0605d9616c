import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { ReadSchedule } from '../../domain/schedule.js';
import { withBackOff } from '../../net/back-off.js';
import { HttpFault } from '../../net/http-fault.js';
import { retryAfter } from '../../net/retry-after.js';
import type { HttpClient } from '../../net/request.js';
import { timetableLimit } from './csv-timetable.js';
import { readTimetable } from './timetable-rows.js';

/** A class schedule that is kept elsewhere. */
export interface TimetableSource {
  /**
   * All of it, or nothing: a sheet that cannot be read fails the whole.
   * @throws Failure sheets_unavailable, sheets_refused, schedule_invalid, invalid_settings
   */
  read(signal?: AbortSignal): Promise<ReadSchedule>;
}

export interface GoogleSheetsOptions {
  readonly documentId: string;
  readonly sheetNames: readonly string[];
  /** The service account's key. */
  readonly credentialsFile: string;
  readonly apiBaseUrl: string;
  readonly http: HttpClient;
}

/** RFC 7523: a token for an assertion that the service account signs. */
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const scope = 'https://www.googleapis.com/auth/spreadsheets.readonly';
/** seconds, the most that Google takes */
const assertionSeconds = 3600;
const backOff = { tries: 4, firstDelay: 500, longestDelay: 30_000 };

const keySchema = z.object({
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});

/** Reads the sheets of one spreadsheet through the Sheets API, as a service account. */
export function googleSheets(options: GoogleSheetsOptions): TimetableSource {
  const { documentId, sheetNames, apiBaseUrl, http } = options;

  async function readSheet(name: string, token: string, signal: AbortSignal | undefined): Promise<ReadSchedule> {
    // A sheet's name in quotes is a range of all of it, also when it looks like a cell.
    const range = encodeURIComponent(`'${name.replaceAll("'", "''")}'`);
    const url = `${apiBaseUrl}/v4/spreadsheets/${documentId}/values/${range}?majorDimension=ROWS`;
    const json = await ask(http, { url, headers: { authorization: `Bearer ${token}` } }, `the sheet "${name}"`, signal);
    const parsed = valuesSchema.safeParse(json);
    if (!parsed.success) throw new Failure('sheets_refused', `Google's answer for the sheet "${name}" is no table.`);
    const rows = (parsed.data.values ?? []).map((cells, index) => ({ line: index + 1, cells: cells.map(String) }));
    return readTimetable(rows, name);
  }

  return {
    async read(signal) {
      const token = await askForToken(http, await readKey(options.credentialsFile), signal);
      const read: ReadSchedule[] = [];
      for (const name of sheetNames) read.push(await readSheet(name, token, signal));
      return { classes: read.flatMap(({ classes }) => classes), problems: read.flatMap(({ problems }) => problems) };
    },
  };
}

const cell = z.union([z.string(), z.number(), z.boolean()]);
/** A sheet that is empty has no `values`; rows end with their last filled cell. */
const valuesSchema = z.object({ values: z.array(z.array(cell)).optional() });
const tokenSchema = z.object({ access_token: z.string().min(1) });

async function readKey(file: string): Promise<z.infer<typeof keySchema>> {
  try {
    return keySchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'client_email and private_key are needed' : (error as Error).message;
    // Neither the file's text nor what a parser quotes of it is shown: it is a private key.
    const shown = error instanceof SyntaxError ? 'it is no JSON' : reason;
    throw new Failure('invalid_settings', `GSHEETS_CREDENTIALS_FILE ${file} cannot be used: ${shown}.`, {
      details: { setting: 'GSHEETS_CREDENTIALS_FILE' },
    });
  }
}

async function askForToken(
  http: HttpClient,
  key: z.infer<typeof keySchema>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const body = new URLSearchParams({ grant_type: grantType, assertion: assertionOf(key) }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = await ask(http, { url: key.token_uri, method: 'POST', headers, body }, 'an access token', signal);
  const parsed = tokenSchema.safeParse(json);
  if (parsed.success) return parsed.data.access_token;
  throw new Failure('sheets_refused', 'Google gave no access token to the service account.');
}

function assertionOf({
  client_email: email,
  private_key: privateKey,
  token_uri: audience,
}: z.infer<typeof keySchema>): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: email, scope, aud: audience, iat: now, exp: now + assertionSeconds };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  try {
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  } catch {
    throw new Failure('invalid_settings', 'The private_key of GSHEETS_CREDENTIALS_FILE is no RSA key.', {
      details: { setting: 'GSHEETS_CREDENTIALS_FILE' },
    });
  }
}

type Question = Parameters<HttpClient['request']>[0];

async function ask(
  http: HttpClient,
  question: Question,
  what: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return withBackOff(backOff, () => askOnce(http, { ...question, ...(signal && { signal }) }, what), verdictOf, signal);
}

async function askOnce(http: HttpClient, question: Question, what: string): Promise<unknown> {
  try {
    const response = await http.request(question);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of response.body) {
      size += piece.byteLength;
      if (size > timetableLimit)
        throw new Failure('too_large', `Google's answer for ${what} is larger than ${timetableLimit} bytes.`);
      pieces.push(piece);
    }
    const text = Buffer.concat(pieces).toString();
    if (response.status === 200) return JSON.parse(text);
    throw refusalOf(response.status, { what, text, after: retryAfter(response.headers['retry-after']) });
  } catch (error) {
    if (error instanceof HttpFault) throw new Failure('sheets_unavailable', `${error.message}.`, { cause: error });
    if (error instanceof SyntaxError)
      throw new Failure('sheets_unavailable', `Google answers what is no JSON for ${what}.`);
    throw error;
  }
}

function refusalOf(
  status: number,
  { what, text, after }: { what: string; text: string; after: number | undefined },
): Failure {
  const passing = status >= 500 || status === 429 || status === 408;
  const [, said = ''] = /"(?:message|error_description)":\s*"([^"]{1,300})"/.exec(text) ?? [];
  return new Failure(
    passing ? 'sheets_unavailable' : 'sheets_refused',
    `Google answers ${status} for ${what}${said && `: ${said}`}.`,
    { details: { status, ...(after !== undefined && { retryAfterSeconds: Math.ceil(after / 1000) }) } },
  );
}

function verdictOf(error: unknown): false | { after?: number } {
  if (!(error instanceof Failure) || error.code !== 'sheets_unavailable') return false;
  const { retryAfterSeconds: seconds } = error.details;
  return typeof seconds === 'number' ? { after: seconds * 1000 } : {};
}
