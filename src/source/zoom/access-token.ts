import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { HttpClient } from '../../net/request.js';
import { readAnswer } from './zoom-answer.js';
import type { ZoomCredentials } from './zoom-credentials.js';
import { exchangeFailure } from './zoom-failure.js';

/** Access tokens for the API and for downloads: kept until shortly before they end, and asked for once however many want one. */
export interface AccessTokens {
  /**
   * @param refused a token that Zoom has just refused: it is not given again
   * @throws Failure zoom_unauthorized, zoom_unavailable
   */
  get(refused?: string): Promise<string>;
}

export interface AccessTokenOptions {
  readonly credentials: Exclude<ZoomCredentials, { kind: 'apigee' }>;
  readonly oauthUrl: string;
  readonly http: HttpClient;
}

/** milliseconds before its end at which a token is renewed: a request that begins with it must arrive with it */
const renewBefore = 60_000;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3600),
  refresh_token: z.string().min(1).optional(),
});

export function accessTokens(options: AccessTokenOptions): AccessTokens {
  let current: { token: string; renewAt: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const asked = Date.now();
    const { access_token: token, expires_in: seconds } = await askForToken(options);
    const life = seconds * 1000;
    // Of a token that lives shorter than two margins, half of its life is used.
    current = { token, renewAt: asked + Math.max(life - renewBefore, life / 2) };
    return token;
  }

  return {
    get(refused) {
      if (current && current.token !== refused && Date.now() < current.renewAt) return Promise.resolve(current.token);
      asking ??= ask().finally(() => (asking = undefined));
      return asking;
    },
  };
}

async function askForToken(options: AccessTokenOptions): Promise<z.infer<typeof tokenSchema>> {
  const { credentials, http, oauthUrl } = options;
  const { clientId, clientSecret } = credentials;
  const refreshToken = credentials.kind === 'general' ? await readRefreshToken(credentials.refreshTokenFile) : '';
  const form: Record<string, string> =
    credentials.kind === 'general'
      ? { grant_type: 'refresh_token', refresh_token: refreshToken }
      : { grant_type: 'account_credentials', account_id: credentials.accountId };
  const answer = await http
    .request({
      url: oauthUrl,
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams(form).toString(),
    })
    .then(readAnswer)
    .catch((error: unknown) => {
      throw exchangeFailure(error, 'zoom_unavailable');
    });
  const parsed = tokenSchema.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) throw refusedCredentials(answer, credentials.kind);
  if (credentials.kind === 'general' && parsed.data.refresh_token !== undefined)
    await keepRefreshToken(credentials.refreshTokenFile, parsed.data.refresh_token);
  return parsed.data;
}

function refusedCredentials(
  { status, json }: { status: number; json: unknown },
  kind: AccessTokenOptions['credentials']['kind'],
): Failure {
  if (status >= 500 || status === 429 || status === 408)
    return new Failure('zoom_unavailable', `Zoom's OAuth service answers ${status}.`, { details: { status } });
  const { reason, error } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const said = [reason, error].filter((word) => typeof word === 'string').join(', ');
  const hint = kind === 'general' ? ' A refresh token works once: authorise the app again and store the new one.' : '';
  return new Failure(
    'zoom_unauthorized',
    `Zoom gives no access token: it answers ${status}${said && ` (${said.slice(0, 200)})`}.${hint}`,
    { details: { status } },
  );
}

async function readRefreshToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Failure('invalid_settings', `ZOOM_REFRESH_TOKEN_FILE ${file} cannot be read: ${error.message}`, {
      details: { setting: 'ZOOM_REFRESH_TOKEN_FILE' },
      cause: error,
    });
  });
  return text.trim();
}

/** The old one is worthless now: the new one is in place before anybody uses what came with it. */
async function keepRefreshToken(file: string, token: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${token}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
}
