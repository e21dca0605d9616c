import { Failure } from '../domain/failure.js';
import { HttpFault } from '../net/http-fault.js';
import type { DirectResponse } from '../net/direct/direct-get.js';
import type { HttpClient } from '../net/request.js';
import { shownUrl } from '../net/safe-url.js';
import { isListed, type HostPattern } from './download-hosts.js';

/** Where a file is now, and what opens it: both may be good for a short time only. Never logged, never stored. */
export interface FileLocation {
  readonly url: string;
  readonly bearer: string | undefined;
  /** bytes of the file, where Zoom says */
  readonly size?: number | undefined;
}

export interface HopOptions {
  readonly http: HttpClient;
  readonly hosts: readonly HostPattern[];
}

export interface HopRequest {
  readonly location: FileLocation;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

const maxHops = 5;

/**
 * Asks for a file and follows its redirects by hand. The token goes to the first address; where that sends us is mostly signed already and
 * may refuse a second credential, so the token goes there only when nothing is to be had without it. Every address must be of a listed host.
 * @throws Failure url_refused; HttpFault
 */
export async function followHops(
  options: HopOptions,
  { location, headers, signal }: HopRequest,
): Promise<DirectResponse> {
  const authorization = location.bearer === undefined ? {} : { authorization: `Bearer ${location.bearer}` };
  let url = listed(location.url, options.hosts);
  for (let hop = 0; ; hop++) {
    const ask = (own: Readonly<Record<string, string>>): Promise<DirectResponse> =>
      options.http.get({
        url: url.href,
        follow: false,
        headers: { ...headers, ...own },
        ...(signal && { signal }),
      });
    let response = await ask(hop === 0 ? authorization : {});
    if (hop > 0 && (isRefusal(response) || isPage(response))) {
      response.discard();
      response = await ask(authorization);
    }
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    response.discard();
    const next = response.headers.location;
    if (next === undefined || hop === maxHops) {
      const where = next === undefined ? 'to nowhere' : `more than ${maxHops} times`;
      throw new HttpFault('redirects', `${shownUrl(url)} redirects ${where}`);
    }
    url = listed(next, options.hosts, url);
  }
}

export function isRefusal({ status }: DirectResponse): boolean {
  return status === 401 || status === 403;
}

/** Zoom shows people a page, with status 200, where it refuses. */
export function isPage({ status, headers }: DirectResponse): boolean {
  return status === 200 && /^(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '');
}

function listed(text: string, hosts: readonly HostPattern[], base?: URL): URL {
  const problem = (shown: string): Failure =>
    new Failure('url_refused', `The address ${shown} may not be used: ZOOM_DOWNLOAD_HOSTS does not list its host.`, {
      details: { url: shown },
    });
  if (!URL.canParse(text, base?.href)) throw problem(shownUrl(text));
  const url = new URL(text, base);
  if (!isListed(url, hosts)) throw problem(shownUrl(url));
  return url;
}
