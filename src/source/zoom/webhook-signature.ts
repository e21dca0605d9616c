import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  /** The body's bytes as they came: another spelling of the same JSON has another signature. */
  readonly body: Uint8Array;
  /** header `x-zm-signature` */
  readonly signature: string | undefined;
  /** header `x-zm-request-timestamp`: seconds since 1970 */
  readonly timestamp: string | undefined;
}

export interface SignatureRules {
  /** Secret tokens of the apps that may call; one of them must have signed. */
  readonly secrets: readonly string[];
  /** seconds that a request may be old, or ahead of our clock */
  readonly window: number;
  /** milliseconds since 1970 */
  readonly now?: number;
}

export type Verdict =
  | { readonly kind: 'valid'; readonly secret: string }
  /** Rightly signed, at another time: a replay, a late delivery, or a clock that is wrong. */
  | { readonly kind: 'stale'; readonly ageSeconds: number }
  | { readonly kind: 'invalid' };

/**
 * Zoom's webhook signature, version 0: `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` in hex. Nothing is parsed before it holds, and that goes
 * for `endpoint.url_validation` too: the answer to it is an HMAC with the same key over a text of the caller's choice.
 */
export function verifySignature({ body, signature, timestamp }: SignedRequest, rules: SignatureRules): Verdict {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return { kind: 'invalid' };
  const given = Buffer.from(signature);
  // Every secret is tried: how long it takes says nothing about which one it was.
  const [secret] = rules.secrets.filter((candidate) => {
    const expected = Buffer.from(signatureOf(candidate, timestamp, body));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  if (secret === undefined) return { kind: 'invalid' };
  const ageSeconds = Math.round((rules.now ?? Date.now()) / 1000) - Number(timestamp);
  return Math.abs(ageSeconds) > rules.window ? { kind: 'stale', ageSeconds } : { kind: 'valid', secret };
}

export function signatureOf(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** The answer that proves to Zoom that this address knows the secret. */
export function validationAnswer(plainToken: string, secret: string): { plainToken: string; encryptedToken: string } {
  return { plainToken, encryptedToken: createHmac('sha256', secret).update(plainToken).digest('hex') };
}
