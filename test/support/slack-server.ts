import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { slackSignature } from '../../src/source/slack/slack-request.js';

/** What the app is sent to its response_url. */
export interface SlackDelivery {
  readonly response_type: string;
  readonly replace_original?: boolean;
  readonly text?: string;
  readonly blocks?: readonly Record<string, unknown>[];
}

/** Slack as real HTTP on loopback: its web API for user groups, its response URLs (good five times, as Slack's are), and its signed requests. */
export interface SlackServer {
  readonly origin: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Members by the handle of their group. */
  readonly groups: Map<string, string[]>;
  readonly requests: string[];
  /** milliseconds before an answer of the web API */
  delay: number;
  /** The web API says this error, while it is set. */
  error: string | undefined;
  /** Sends a slash command. @returns the answer, and where its later messages arrive */
  command(url: string, text: string, changes?: Partial<CommandForm>): Promise<SlackExchange>;
  /** Presses a button of a message. */
  press(url: string, value: string, changes?: Partial<PressForm>): Promise<SlackExchange>;
  close(): Promise<void>;
}

interface CommandForm {
  readonly user: string;
  readonly channel: string;
  readonly headers: Record<string, string>;
}

interface PressForm extends CommandForm {
  readonly blocks: readonly Record<string, unknown>[];
}

export interface SlackExchange {
  readonly status: number;
  /** undefined: nothing is shown */
  readonly body: SlackDelivery | undefined;
  /** in the order in which they came */
  readonly deliveries: SlackDelivery[];
}

const signingSecret = 'slack-signing-secret';
const apiToken = 'xoxb-token-of-the-app';
/** times that a response_url may be used */
const uses = 5;

export async function startSlackServer(): Promise<SlackServer> {
  const groups: SlackServer['groups'] = new Map();
  const requests: string[] = [];
  const responses = new Map<string, SlackDelivery[]>();

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://slack');
    requests.push(`${request.method} ${pathname}`);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const handles = [...groups.keys()];
    const answer = (): object => {
      if (request.headers.authorization !== `Bearer ${apiToken}`) return { ok: false, error: 'invalid_auth' };
      if (slack.error !== undefined) return { ok: false, error: slack.error };
      if (pathname.endsWith('/auth.test')) return { ok: true, team: 'School', user: 'reelway', url: origin };
      if (pathname.endsWith('/usergroups.list'))
        return { ok: true, usergroups: handles.map((handle, index) => ({ id: `S${index}`, handle })) };
      const handle = handles[Number(/^S(\d+)$/.exec(searchParams.get('usergroup') ?? '')?.[1] ?? -1)];
      return handle === undefined ? { ok: false, error: 'no_such_subteam' } : { ok: true, users: groups.get(handle) };
    };
    if (/^\/api\/(usergroups|auth)\./.test(pathname)) return void setTimeout(() => json(200, answer()), slack.delay);
    const deliveries = responses.get(pathname);
    if (!deliveries || request.method !== 'POST' || deliveries.length >= uses)
      return void response.writeHead(404).end('expired_url');
    void text(request).then((body) => {
      deliveries.push(JSON.parse(body) as SlackDelivery);
      json(200, { ok: true });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function send(url: string, form: (responseUrl: string) => URLSearchParams, headers: Record<string, string>) {
    const path = `/commands/${responses.size + 1}`;
    const deliveries: SlackDelivery[] = [];
    responses.set(path, deliveries);
    const body = form(origin + path).toString();
    const answer = await fetch(`${url}/slack`, { method: 'POST', body, headers: { ...signed(body), ...headers } });
    const said = await answer.text();
    return { status: answer.status, body: said === '' ? undefined : (JSON.parse(said) as SlackDelivery), deliveries };
  }

  const slack: SlackServer = {
    ...{ origin, groups, requests, delay: 0, error: undefined },
    settings: {
      ...{ SLACK_SIGNING_SECRET: signingSecret, SLACK_API_TOKEN: apiToken, SLACK_API_BASE_URL: `${origin}/api` },
      ...{ SLACK_ALLOWED_GROUPS: 'producers,no-such-group', SLACK_ZIP_CHANNEL: '#zip' },
    },
    command: (url, typed, { user = 'U1', channel = 'zip', headers = {} } = {}) =>
      send(
        url,
        (responseUrl) =>
          new URLSearchParams({
            ...{ command: '/zip', text: typed, user_id: user, user_name: 'somebody' },
            ...{ channel_id: 'C1', channel_name: channel, response_url: responseUrl, trigger_id: '1.2' },
          }),
        headers,
      ),
    press: (url, value, { user = 'U1', channel = 'zip', blocks = [], headers = {} } = {}) =>
      send(
        url,
        (responseUrl) =>
          new URLSearchParams({
            payload: JSON.stringify({
              ...{ type: 'block_actions', user: { id: user, name: 'somebody' }, channel: { id: 'C1', name: channel } },
              ...{ response_url: responseUrl, actions: [{ type: 'button', value }], message: { blocks } },
            }),
          }),
        headers,
      ),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return slack;
}

/** Headers as Slack sends them. @param at seconds since 1970 */
export function signed(body: string, at = Math.floor(Date.now() / 1000), secret = signingSecret) {
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': slackSignature(secret, String(at), body),
  };
}
