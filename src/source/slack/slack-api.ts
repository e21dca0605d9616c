import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { HttpFault } from '../../net/http-fault.js';
import type { HttpClient } from '../../net/request.js';

export interface SlackApi {
  /** Is the user a member of one of the groups? @throws Failure slack_unavailable */
  isAllowed(userId: string): Promise<boolean>;
  /** Asks who we are, and for the groups. @throws Failure slack_unavailable */
  check(): Promise<{ readonly team: string; readonly user: string; readonly missingGroups: readonly string[] }>;
  /** Sends a message to where an answer is awaited. @throws Failure slack_unavailable */
  respond(responseUrl: string, message: object): Promise<void>;
}

export interface SlackApiOptions {
  readonly baseUrl: string;
  readonly token: string;
  /** handles */
  readonly groups: readonly string[];
  readonly http: HttpClient;
  readonly now?: () => number;
}

/** milliseconds that a membership is believed: nobody waits for Slack twice in a row, and who left is out soon */
const membersLifetime = 5 * 60_000;
/** bytes of an answer: a group of 10,000 members has about 140,000 */
const answerLimit = 4_000_000;
const timeouts = { connect: 5000, headers: 10_000, idle: 10_000, total: 20_000 };

const groupsSchema = z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string() })) });
const identitySchema = z.object({ team: z.string(), user: z.string() });
const membersSchema = z.object({ users: z.array(z.string()) });

export function slackApi({ baseUrl, token, groups, http, now = Date.now }: SlackApiOptions): SlackApi {
  let known: { readonly members: Promise<ReadonlySet<string>>; readonly until: number } | undefined;

  async function ask<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const request = { url: `${baseUrl}/${path}`, credentials: { authorization: `Bearer ${token}` }, timeouts };
    const { status, text } = await exchange(http, request);
    const answer = schema.safeParse(status === 200 ? jsonOf(text) : undefined);
    if (answer.success) return answer.data;
    const [, reason = `status ${status}`] = /"error":\s*"(\w{1,100})"/.exec(text) ?? [];
    throw unavailable(`Slack refuses ${path.replace(/\?.*/s, '')}: ${reason}.`);
  }

  /** A handle that Slack does not have has no members. */
  async function readMembers(): Promise<ReadonlySet<string>> {
    const { usergroups } = await ask('usergroups.list', groupsSchema);
    const wanted = usergroups.filter(({ handle }) => groups.includes(handle));
    const lists = await Promise.all(
      wanted.map(({ id }) => ask(`usergroups.users.list?usergroup=${encodeURIComponent(id)}`, membersSchema)),
    );
    return new Set(lists.flatMap(({ users }) => users));
  }

  return {
    async isAllowed(userId) {
      if (!known || known.until <= now()) known = { members: readMembers(), until: now() + membersLifetime };
      const asked = known;
      try {
        return (await asked.members).has(userId);
      } catch (error) {
        if (known === asked) known = undefined;
        throw error;
      }
    },

    async check() {
      const { team, user } = await ask('auth.test', identitySchema);
      const handles = groups.length > 0 ? (await ask('usergroups.list', groupsSchema)).usergroups : [];
      return { team, user, missingGroups: groups.filter((group) => handles.every(({ handle }) => handle !== group)) };
    },

    async respond(responseUrl, message) {
      checkResponseUrl(responseUrl, baseUrl);
      const { status, text } = await exchange(http, {
        ...{ url: responseUrl, method: 'POST', body: JSON.stringify(message), timeouts },
        headers: { 'content-type': 'application/json' },
      });
      if (status !== 200) throw unavailable(`Slack took no answer: ${status} ${text.slice(0, 200)}.`);
    },
  };
}

/** The address is signed with the request, and it is Slack's all the same or not asked. */
function checkResponseUrl(responseUrl: string, baseUrl: string): void {
  const url = URL.canParse(responseUrl) ? new URL(responseUrl) : undefined;
  const isSlacks = url?.protocol === 'https:' && url.hostname.endsWith('.slack.com');
  if (!isSlacks && url?.origin !== new URL(baseUrl).origin)
    throw new Failure('url_refused', 'The response_url of a request is not an address of Slack.');
}

async function exchange(
  http: HttpClient,
  request: Parameters<HttpClient['request']>[0],
): Promise<{ status: number; text: string }> {
  try {
    const response = await http.request(request);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of response.body) {
      size += piece.byteLength;
      if (size > answerLimit) throw unavailable(`Slack's answer is larger than ${answerLimit} bytes.`);
      pieces.push(piece);
    }
    return { status: response.status, text: Buffer.concat(pieces).toString() };
  } catch (error) {
    // Not the fault's own words: a response_url is a permission.
    if (error instanceof HttpFault) throw unavailable(`Slack does not answer: ${error.kind}.`);
    throw error;
  }
}

function unavailable(message: string): Failure {
  return new Failure('slack_unavailable', message);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
