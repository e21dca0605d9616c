import type { FastifyReply, FastifyRequest } from 'fastify';

/** The secret of the session that the browser sends, if it is signed in. */
export function sessionSecret(request: FastifyRequest): string | undefined {
  const value = cookieValue(request, cookieName(request));
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}

/** The cookie that the browser sends under that name (RFC 6265 section 4.2). */
export function cookieValue(request: FastifyRequest, wanted: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === wanted) return value?.trim();
  }
  return undefined;
}

export interface CookieOptions {
  /** The browser is to send it over https alone. */
  readonly secure: boolean;
  /** seconds */
  readonly maxAge: number;
}

/** No script reads the cookie, and no other site's page sends it (RFC 6265bis sections 5.6.6 and 5.6.7). */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  { secure, maxAge }: CookieOptions,
): void {
  const attributes = ['Path=/', `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Strict', ...(secure ? ['Secure'] : [])];
  reply.header('set-cookie', [`${cookieName(request)}=${secret}`, ...attributes].join('; '));
}

/** Cookies know no ports (RFC 6265 section 8.5): with the port in the name, two servers on one host do not sign each other's people out. */
function cookieName(request: FastifyRequest): string {
  const [, port = ''] = /:(\d{1,5})$/.exec(request.headers.host ?? '') ?? [];
  return `reelway_session${port && `_${port}`}`;
}
