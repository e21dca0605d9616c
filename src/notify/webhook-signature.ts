import { createHash, createHmac } from 'node:crypto';
import type { Notice } from './notice.js';

/** Standard Webhooks 1.0.0 (github.com/standard-webhooks): symmetric signatures, which libraries of most languages check. */

/** bytes of a key, inclusive */
const keyBytes = { least: 24, most: 64 };

/** @returns undefined when the text is not `whsec_` and a key in base64 */
export function readSigningKey(text: string): Buffer | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const key = base64 === undefined ? undefined : Buffer.from(base64, 'base64');
  return key && key.length >= keyBytes.least && key.length <= keyBytes.most ? key : undefined;
}

export interface SignedMessage {
  readonly notice: Pick<Notice, 'id'>;
  readonly body: string;
  /** milliseconds since 1970 */
  readonly now: number;
  /** Every key signs, so that who is told may change its own at leisure. */
  readonly keys: readonly Buffer[];
}

/** `webhook-id` is the same however often the notice is sent; the signature covers it, the time and the body. */
export function webhookHeaders({ notice, body, now, keys }: SignedMessage): Record<string, string> {
  const id = `msg_${createHash('sha256').update(notice.id).digest('hex').slice(0, 32)}`;
  const timestamp = String(Math.floor(now / 1000));
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}
