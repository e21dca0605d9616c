import type { Configuration, CustomFetchOptions } from 'openid-client';
import { roles, type Role } from '../domain/api-token.js';
import { Failure } from '../domain/failure.js';
import { HttpFault } from '../net/http-fault.js';
import type { HttpClient } from '../net/request.js';
import type { RoleRule } from './oidc-settings.js';

/** Signs people in by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636). */
export interface Oidc {
  /** Where the browser goes, and what it has to bring back. @throws Failure oidc_unavailable */
  begin(redirectUri: string): Promise<{ url: string; attempt: OidcAttempt }>;
  /**
   * @param answer the address that the browser came back to
   * @throws Failure oidc_unavailable; oidc_refused; forbidden when no rule gives the person a role
   */
  finish(answer: URL, attempt: OidcAttempt): Promise<{ name: string; role: Role }>;
}

/** Of one sign-in, kept by the browser that began it. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  readonly rules: readonly RoleRule[];
  readonly http: HttpClient;
}

/** bytes of one answer of the provider: its keys are the largest */
const answerLimit = 1_000_000;
/** characters of a name that is shown */
const longestName = 200;

type Claims = Readonly<Record<string, unknown>>;

/** The provider is asked what it can do at the first sign-in; while it does not answer, at each. */
export function oidc({ issuer, clientId, clientSecret, scopes, rules, http }: OidcOptions): Oidc {
  let known: Promise<Configuration> | undefined;

  function provider(): Promise<Configuration> {
    known ??= discover().catch((error: unknown) => {
      known = undefined;
      throw unavailable(error);
    });
    return known;
  }

  async function discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const insecure = new URL(issuer).protocol === 'http:';
    const authentication = clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret);
    return client.discovery(new URL(issuer), clientId, undefined, authentication, {
      [client.customFetch]: (url, options) => throughOurs(http, url, options),
      // Signatures are checked although the tokens come from the provider itself: a proxy may stand between.
      execute: [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])],
    });
  }

  return {
    async begin(redirectUri) {
      const [client, configuration] = await Promise.all([import('openid-client'), provider()]);
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        ...{ redirect_uri: redirectUri, scope: scopes, state: attempt.state, nonce: attempt.nonce },
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },

    async finish(answer, { state, nonce, verifier }) {
      const [client, configuration] = await Promise.all([import('openid-client'), provider()]);
      try {
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        };
        const tokens = await client.authorizationCodeGrant(configuration, answer, checks);
        const inToken: Claims = tokens.claims() ?? {};
        // Many providers put groups where they have to be asked for.
        const asks = rules.some(({ claim }) => claim && !(claim.name in inToken)) && hasUserInfo(configuration);
        const asked: Claims = asks
          ? await client.fetchUserInfo(configuration, tokens.access_token, String(inToken.sub))
          : {};
        return personOf(withoutUnverifiedEmail({ ...asked, ...inToken }), rules);
      } catch (error) {
        throw error instanceof Failure ? error : refused(error);
      }
    },
  };
}

function hasUserInfo(configuration: Configuration): boolean {
  return configuration.serverMetadata().userinfo_endpoint !== undefined;
}

/**
 * Where people may enter any address and the provider has not asked its owner, it says so (OpenID Connect Core 5.7): then it names nobody, neither
 * to a rule nor in the log. Some providers write the boolean as text.
 */
function withoutUnverifiedEmail(claims: Claims): Claims {
  if (String(claims.email_verified) !== 'false') return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => name !== 'email'));
}

/** @throws Failure forbidden */
function personOf(claims: Claims, rules: readonly RoleRule[]): { name: string; role: Role } {
  const texts = [claims.email, claims.preferred_username, claims.sub].filter((value) => typeof value === 'string');
  const name = (texts[0] ?? 'somebody').slice(0, longestName);
  const given = rules.filter(({ claim }) => !claim || valuesOf(claims[claim.name]).includes(claim.value));
  const [highest] = given.map(({ role }) => role).sort((a, b) => roles.indexOf(b) - roles.indexOf(a));
  if (highest) return { name, role: highest };
  throw new Failure('forbidden', `${name} may not use this server: no rule of OIDC_ROLES fits.`);
}

/** A claim is a text, a list of texts, or (`email_verified`) a boolean. */
function valuesOf(claim: unknown): string[] {
  return (Array.isArray(claim) ? claim : [claim])
    .filter((value) => ['string', 'boolean'].includes(typeof value))
    .map(String);
}

/** The library's requests go out as all of ours do: to addresses that may be asked, in time, to a limit. */
async function throughOurs(http: HttpClient, url: string, options: CustomFetchOptions): Promise<Response> {
  const { method, headers, body, signal } = options;
  const response = await http.request({
    ...{ url, method: method as 'GET' | 'POST', headers, follow: false },
    // Of any kind that fetch takes; the types of Node and of browsers do not agree on which these are.
    ...(body !== null && body !== undefined && { body: await new Response(body as string).text() }),
    ...(signal && { signal }),
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body) {
    if ((size += piece.byteLength) > answerLimit)
      throw new HttpFault('oversize', `The provider's answer has more than ${answerLimit} bytes`);
    pieces.push(piece);
  }
  const given = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return new Response(size === 0 ? null : Buffer.concat(pieces), { status: response.status, headers: given });
}

function unavailable(error: unknown): Failure {
  return new Failure('oidc_unavailable', `The provider of OIDC_ISSUER does not answer: ${reasonOf(error)}.`, {
    cause: error,
  });
}

function refused(error: unknown): Failure {
  const cause = error instanceof Error && error.cause instanceof HttpFault ? error.cause : error;
  if (cause instanceof HttpFault && cause.passing) return unavailable(cause);
  return new Failure('oidc_refused', `The sign-in did not succeed: ${reasonOf(error)}.`, { cause: error });
}

/** What the provider calls it (RFC 6749 4.1.2.1 and 5.2), else what the library says. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'error' in error && typeof error.error === 'string') return error.error.slice(0, 100);
  const inner = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${inner}`.slice(0, 300) : 'unknown';
}
