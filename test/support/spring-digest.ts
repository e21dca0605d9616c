import { createHash } from 'node:crypto';

/** Digest authentication as Spring Security's DigestAuthenticationFilter does it, with Opencast's realm and key. */
export interface SpringDigest {
  challenge(stale: boolean): string;
  /** `ok`, or why not: `stale` is a good answer to an old nonce. */
  judge(authorization: string, method: string, uri: string): 'ok' | 'stale' | 'wrong';
}

const realm = 'Opencast';
const key = 'opencast';

export function springDigest(
  { user, password }: { user: string; password: string },
  nonceLifeMs: () => number,
): SpringDigest {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

  return {
    challenge(stale) {
      const expiry = Date.now() + nonceLifeMs();
      const nonce = Buffer.from(`${expiry}:${md5(`${expiry}:${key}`)}`).toString('base64');
      return `Digest realm="${realm}", qop="auth", nonce="${nonce}"${stale ? ', stale="true"' : ''}`;
    },
    judge(authorization, method, uri) {
      const given = Object.fromEntries(
        [...authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]*))/g)].map(([, name, quoted, bare]) => [
          name!,
          quoted ?? bare ?? '',
        ]),
      );
      const [expiry, signature] = Buffer.from(given.nonce ?? '', 'base64')
        .toString()
        .split(':');
      const complete = ['username', 'realm', 'nonce', 'uri', 'response', 'qop', 'nc', 'cnonce'].every(
        (name) => (given[name] ?? '') !== '',
      );
      if (!complete || given.qop !== 'auth' || given.realm !== realm || given.uri !== uri) return 'wrong';
      if (signature !== md5(`${expiry}:${key}`)) return 'wrong';
      const a1 = md5(`${user}:${realm}:${password}`);
      const expected = md5(`${a1}:${given.nonce}:${given.nc}:${given.cnonce}:auth:${md5(`${method}:${uri}`)}`);
      if (given.username !== user || given.response !== expected) return 'wrong';
      return Number(expiry) < Date.now() ? 'stale' : 'ok';
    },
  };
}
