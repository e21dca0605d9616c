import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A request to /slack, as it came. */
export interface RawSlackRequest {
  readonly body: Uint8Array;
  readonly userAgent: string | undefined;
  /** header `x-slack-signature` */
  readonly signature: string | undefined;
  /** header `x-slack-request-timestamp`: seconds since 1970 */
  readonly timestamp: string | undefined;
}

/** Who asks, from where, and where the answer may go for half an hour. */
interface Asked {
  readonly userId: string;
  readonly channel: string;
  readonly responseUrl: string;
}

/** A typed `/zip ...`. */
export interface SlashCommand extends Asked {
  readonly kind: 'command';
  readonly command: string;
  readonly text: string;
}

/** A pressed button. */
export interface ButtonPress extends Asked {
  readonly kind: 'button';
  /** as we made it: JSON */
  readonly value: unknown;
  /** of the message that the button is in */
  readonly blocks: readonly object[];
}

export type SlackRequest = SlashCommand | ButtonPress;

/** seconds that a request may be old, or ahead of our clock: what Slack recommends */
const replayWindow = 300;

/**
 * Slack's signature: `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` in hex. The version is ours: a caller may not choose another.
 * @param now milliseconds since 1970
 */
export function isFromSlack(
  { body, userAgent, signature, timestamp }: RawSlackRequest,
  secret: string,
  now = Date.now(),
): boolean {
  if (userAgent?.includes('Slackbot') !== true || signature === undefined || timestamp === undefined) return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > replayWindow) return false;
  const expected = Buffer.from(slackSignature(secret, timestamp, body));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export function slackSignature(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

const commandSchema = z
  .object({
    command: z.string(),
    text: z.string().default(''),
    user_id: z.string(),
    channel_name: z.string(),
    response_url: z.string(),
  })
  .transform((form): SlashCommand => ({
    ...{ kind: 'command', command: form.command, text: form.text.trim() },
    ...{ userId: form.user_id, channel: form.channel_name, responseUrl: form.response_url },
  }));

const payloadSchema = z
  .object({
    user: z.object({ id: z.string() }),
    channel: z.object({ name: z.string() }),
    response_url: z.string(),
    actions: z.tuple([z.object({ value: z.string() })], z.unknown()),
    message: z.object({ blocks: z.array(z.looseObject({})).default([]) }),
  })
  .transform(({ user, channel, response_url: responseUrl, actions, message }): ButtonPress => ({
    ...{ kind: 'button', userId: user.id, channel: channel.name, responseUrl },
    ...{ value: jsonOf(actions[0].value), blocks: message.blocks },
  }));

/** Reads the form of a slash command or of an interaction; undefined when it is neither. */
export function readSlackRequest(body: Uint8Array): SlackRequest | undefined {
  const form = Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));
  const read =
    'command' in form ? commandSchema.safeParse(form) : payloadSchema.safeParse(jsonOf(form['payload'] ?? ''));
  return read.success ? read.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
