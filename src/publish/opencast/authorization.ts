import { digestSession } from '../../net/digest-auth.js';

/** How Opencast is to know us. Digest is for its system account; users with hashed passwords need Basic; tokens come from its JWT filter. */
export type OpencastAuth =
  | { readonly kind: 'digest'; readonly user: string; readonly password: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly token: string;
      /** `Authorization` carries it as a Bearer token, any other header as it is. */
      readonly header: string;
    };

export interface Authorizer {
  /** Headers of a request. @param uri path and query */
  headers(method: string, uri: string): Record<string, string>;
  /** Takes a 401 in; true when the request is worth sending again. */
  challenged(wwwAuthenticate: string | undefined, sent: string | undefined): boolean;
  /** Does a request without a recent answer of the server risk to be refused for its old nonce? Then large bodies are preceded by a small request. */
  readonly agesQuickly: boolean;
}

export function authorizer(auth: OpencastAuth): Authorizer {
  if (auth.kind === 'digest') return digest(auth);
  const fixed =
    auth.kind === 'basic'
      ? {
          authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`,
          'x-requested-auth': 'Basic',
        }
      : { [auth.header.toLowerCase()]: /^authorization$/i.test(auth.header) ? `Bearer ${auth.token}` : auth.token };
  return { headers: () => fixed, challenged: () => false, agesQuickly: false };
}

function digest(credentials: { user: string; password: string }): Authorizer {
  const session = digestSession(credentials);
  return {
    headers(method, uri) {
      const authorization = session.authorize(method, uri);
      // Without this header Opencast redirects to its login page in place of a challenge.
      return { 'x-requested-auth': 'Digest', ...(authorization !== undefined && { authorization }) };
    },
    challenged: (header, sent) => session.challenged(header, sent),
    agesQuickly: true,
  };
}
