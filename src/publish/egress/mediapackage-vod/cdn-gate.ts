import { createHash, timingSafeEqual } from 'node:crypto';
import { identifierOf, type ReadSecret } from './cdn-authorization.js';

/** Lets playback requests of groups with CDN authorization pass only with their identifier, as MediaPackage does. */
export interface CdnGate {
  /**
   * @param given X-MediaPackage-CDNIdentifier of the request
   * @throws what reading the secret throws: without it nobody passes
   */
  passes(capability: string, given: string | undefined): Promise<boolean>;
}

export interface CdnGateOptions {
  /** The secret's ARN of the group that the endpoint is of; undefined: it has no authorization. */
  readonly secretOf: (capability: string) => Promise<string | undefined>;
  readonly readSecret: ReadSecret;
  readonly now?: () => number;
}

/** milliseconds that a secret is taken for what it is; also how long a group's change may take to be seen */
const secretAge = 60_000;
/** milliseconds that the value before still lets in, so that a CDN can follow a rotation; and the last one, while none can be read */
const rotationGrace = 600_000;
const groupAge = 30_000;
/** endpoints whose groups are remembered */
const maxRemembered = 10_000;

interface Identifier {
  readonly readAt: number;
  /** When it was last asked for, in vain or not. */
  readonly askedAt: number;
  readonly value: string | undefined;
  /** The value before a rotation, and until when it lets in. */
  readonly before?: { readonly value: string; readonly until: number };
}

export function cdnGate({ secretOf, readSecret, now = Date.now }: CdnGateOptions): CdnGate {
  const groups = new Map<string, { readonly at: number; readonly secret: string | undefined }>();
  const identifiers = new Map<string, Identifier>();

  async function secretFor(capability: string): Promise<string | undefined> {
    const known = groups.get(capability);
    if (known && now() - known.at < groupAge) return known.secret;
    const secret = await secretOf(capability);
    if (groups.size >= maxRemembered) groups.clear();
    groups.set(capability, { at: now(), secret });
    return secret;
  }

  async function identifierFor(secret: string): Promise<Identifier> {
    const known = identifiers.get(secret);
    if (known && now() - known.askedAt < secretAge) return known;
    const text = await readSecret(secret).catch((error: unknown) => {
      // Players must not all be turned away because Secrets Manager is away for a moment.
      if (!known || now() - known.readAt >= rotationGrace) throw error;
      identifiers.set(secret, { ...known, askedAt: now() });
      return null;
    });
    if (text === null && known) return known;
    const value = identifierOf(text ?? undefined);
    const rotated = known?.value !== undefined && known.value !== value;
    const before = rotated ? { value: known.value ?? '', until: now() + rotationGrace } : known?.before;
    const read = { readAt: now(), askedAt: now(), value, ...(before && { before }) };
    identifiers.set(secret, read);
    return read;
  }

  return {
    async passes(capability, given) {
      const secret = await secretFor(capability);
      if (secret === undefined) return true;
      if (given === undefined) return false;
      const { value, before } = await identifierFor(secret);
      const accepted = [value, before && before.until > now() ? before.value : undefined];
      return accepted.some((each) => each !== undefined && equal(each, given));
    },
  };
}

/** In a time that tells nothing about either. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
