import { createHash, randomBytes } from 'node:crypto';

/**
 * HTTP Digest access authentication, RFC 7616: MD5 and SHA-256, with and without `-sess`, `qop=auth`, and the older form without `qop`
 * (RFC 2069). `auth-int` is not spoken: it would need the digest of a body that is still to be streamed.
 */

/** One challenge of a `WWW-Authenticate` header, RFC 9110 §11.6.1. */
export interface Challenge {
  /** lower case */
  readonly scheme: string;
  /** names in lower case */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Remembers a server's nonce, so that requests after the first are authorised without being refused before. */
export interface DigestSession {
  /** The `Authorization` header of a request, or undefined before the first challenge. @param uri path and query as in the request line */
  authorize(method: string, uri: string): string | undefined;
  /**
   * Takes a 401 in. True: the request may be sent again, because it was sent without an answer to a challenge, or the nonce had grown
   * old (`stale`). False: the user or the password is wrong, or the challenge cannot be answered.
   * @param sent the Authorization header that was refused
   */
  challenged(header: string | undefined, sent: string | undefined): boolean;
}

interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: keyof typeof algorithms;
  /** Was `algorithm` said? It is said back only then. */
  readonly named: boolean;
  readonly qop: 'auth' | undefined;
  readonly userhash: boolean;
  readonly stale: boolean;
}

const algorithms = { MD5: 'md5', 'MD5-sess': 'md5', 'SHA-256': 'sha256', 'SHA-256-sess': 'sha256' } as const;

/** @param cnonce makes the client's nonce; random unless a test says otherwise */
export function digestSession(
  credentials: Credentials,
  cnonce: () => string = () => randomBytes(16).toString('hex'),
): DigestSession {
  let challenge: DigestChallenge | undefined;
  let count = 0;

  return {
    authorize(method, uri) {
      if (!challenge) return undefined;
      count += 1;
      return answer(challenge, credentials, { method, uri, count, cnonce: cnonce() });
    },
    challenged(header, sent) {
      const next = strongest(readChallenges(header ?? ''));
      if (!next) return false;
      const repeated = sent !== undefined && !next.stale && sent.includes(`nonce="${challenge?.nonce ?? ''}"`);
      challenge = next;
      count = 0;
      return !repeated;
    },
  };
}

interface Asked {
  readonly method: string;
  readonly uri: string;
  /** how often this nonce was used, this time included */
  readonly count: number;
  readonly cnonce: string;
}

/** RFC 7616 §3.4 */
function answer(challenge: DigestChallenge, { user, password }: Credentials, asked: Asked): string {
  const { realm, nonce, opaque, algorithm, named, qop, userhash } = challenge;
  const hash = (text: string): string => createHash(algorithms[algorithm]).update(text).digest('hex');
  const secret = hash(`${user}:${realm}:${password}`);
  const a1 = algorithm.endsWith('-sess') ? hash(`${secret}:${nonce}:${asked.cnonce}`) : secret;
  const a2 = hash(`${asked.method}:${asked.uri}`);
  const nc = asked.count.toString(16).padStart(8, '0');
  const response = qop ? hash(`${a1}:${nonce}:${nc}:${asked.cnonce}:${qop}:${a2}`) : hash(`${a1}:${nonce}:${a2}`);
  const parts = [
    userhash ? `username=${quoted(hash(`${user}:${realm}`))}, userhash=true` : userName(user),
    `realm=${quoted(realm)}`,
    `uri=${quoted(asked.uri)}`,
    ...(named ? [`algorithm=${algorithm}`] : []),
    `nonce=${quoted(nonce)}`,
    ...(qop ? [`nc=${nc}`, `cnonce=${quoted(asked.cnonce)}`, `qop=${qop}`] : []),
    `response=${quoted(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

/** RFC 7616 §3.4.4: what a quoted string cannot hold goes in the extended notation of RFC 8187. */
function userName(user: string): string {
  return /^[\x20-\x7e]*$/.test(user) ? `username=${quoted(user)}` : `username*=UTF-8''${encodeURIComponent(user)}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The digest challenge of the strongest algorithm that we speak. */
function strongest(challenges: readonly Challenge[]): DigestChallenge | undefined {
  const usable = challenges.map(digestChallenge).filter((challenge) => challenge !== undefined);
  return usable.find(({ algorithm }) => algorithm.startsWith('SHA')) ?? usable[0];
}

function digestChallenge({ scheme, parameters }: Challenge): DigestChallenge | undefined {
  if (scheme !== 'digest' || parameters.nonce === undefined) return undefined;
  const named = (parameters.algorithm ?? 'MD5').toUpperCase();
  const algorithm = (Object.keys(algorithms) as (keyof typeof algorithms)[]).find(
    (name) => name.toUpperCase() === named,
  );
  const offered = parameters.qop?.split(',').map((text) => text.trim().toLowerCase());
  if (!algorithm || (offered && !offered.includes('auth'))) return undefined;
  return {
    realm: parameters.realm ?? '',
    nonce: parameters.nonce,
    opaque: parameters.opaque,
    algorithm,
    named: parameters.algorithm !== undefined,
    qop: offered ? 'auth' : undefined,
    userhash: parameters.userhash?.toLowerCase() === 'true',
    stale: parameters.stale?.toLowerCase() === 'true',
  };
}

/** characters of the header that are read; more than any server needs */
const maxHeader = 8192;

/** Reads the challenges of a `WWW-Authenticate` header, several joined by commas as Node gives them. What is malformed ends the reading. */
export function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const rest = header.slice(0, maxHeader);
  const token =
    /\s*(?:,\s*)*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/gy;
  for (let found = token.exec(rest); found; found = token.exec(rest)) {
    const [, name, quotedValue, bare, scheme] = found;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else if (name !== undefined) {
      const last = challenges.at(-1);
      if (!last) return [];
      last.parameters[name.toLowerCase()] = quotedValue?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    }
  }
  return challenges;
}
