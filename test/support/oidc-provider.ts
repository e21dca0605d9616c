import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { loopbackServer } from './http-server.js';

/** An OpenID provider as real HTTP on loopback: discovery, keys, the authorization code flow with PKCE, and claims about one person. */
export interface OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Claims of the ID token beside those that it must have. */
  claims: Record<string, unknown>;
  /** Claims that are told at the userinfo endpoint only. */
  userInfo: Record<string, unknown>;
  /** What is wrong with the next sign-in. */
  fault: 'denied' | 'nonce' | 'key' | undefined;
}

interface Grant {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/** Ends with the test that started it. */
export async function oidcProvider(): Promise<OidcProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const grants = new Map<string, Grant>();
  const accessToken = randomBytes(16).toString('hex');

  const { origin } = await loopbackServer(async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const json = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return json(200, {
          ...{ issuer: origin, authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` },
          ...{ jwks_uri: `${origin}/keys`, userinfo_endpoint: `${origin}/userinfo` },
          ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
          ...{ id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'] },
        });
      case 'GET /keys':
        return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] });
      case 'GET /userinfo':
        if (request.headers.authorization !== `Bearer ${accessToken}`) return json(401, { error: 'invalid_token' });
        return json(200, { sub: 'person-1', ...provider.userInfo });
      case 'GET /authorize': {
        const asked = url.searchParams;
        const back = new URL(asked.get('redirect_uri') ?? '');
        back.searchParams.set('state', asked.get('state') ?? '');
        const good = asked.get('response_type') === 'code' && asked.get('code_challenge_method') === 'S256';
        if (!good || asked.get('client_id') !== provider.clientId) return json(400, { error: 'invalid_request' });
        if (provider.fault === 'denied') back.searchParams.set('error', 'access_denied');
        else {
          const code = randomBytes(12).toString('hex');
          grants.set(code, {
            nonce: asked.get('nonce') ?? '',
            challenge: asked.get('code_challenge') ?? '',
            redirectUri: asked.get('redirect_uri') ?? '',
          });
          back.searchParams.set('code', code);
        }
        return void response.writeHead(302, { location: back.href }).end();
      }
      case 'POST /token': {
        const form = new URLSearchParams(await text(request));
        const grant = grants.get(form.get('code') ?? '');
        grants.delete(form.get('code') ?? '');
        const proof = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (form.get('client_secret') !== provider.clientSecret) return json(401, { error: 'invalid_client' });
        if (!grant || proof !== grant.challenge || form.get('redirect_uri') !== grant.redirectUri)
          return json(400, { error: 'invalid_grant' });
        return json(200, {
          ...{ access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken(grant) },
        });
      }
      default:
        return void response.writeHead(404).end();
    }
  });

  function idToken({ nonce }: Grant): string {
    const now = Math.floor(Date.now() / 1000);
    const said = { iss: origin, aud: provider.clientId, sub: 'person-1', iat: now, exp: now + 300 };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { ...said, nonce: provider.fault === 'nonce' ? 'another' : nonce, ...provider.claims };
    const signed = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${encode(claims)}`;
    const key = provider.fault === 'key' ? other : privateKey;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
  }

  const provider: OidcProvider = {
    ...{ issuer: origin, clientId: 'reelway', clientSecret: 'secret-of-the-client' },
    ...{ claims: {}, userInfo: {}, fault: undefined },
  };
  return provider;
}
