import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Failure } from '../domain/failure.js';
import { isListedAddress, isListedHost, parsePrivateHost, type PrivateHost } from './private-hosts.js';
import { isPublicAddress, parseAddress } from './public-address.js';

/**
 * Which addresses may be asked on behalf of somebody outside. Checked twice: the URL as written, before each request and each redirect,
 * and the address that the name resolved to, at the moment of connecting (so a name that changes its address in between gains nothing).
 */
export interface UrlPolicy {
  /** Hosts that may be private, and that may be asked over plain http. */
  readonly privateHosts: readonly PrivateHost[];
}

/** The policy that also lets one URL's own host be private: what an operator names himself. Not what it refers to elsewhere. */
export function trusting(url: string, policy: UrlPolicy): UrlPolicy {
  if (!URL.canParse(url)) return policy;
  const { protocol, host } = new URL(url);
  const port = protocol === 'http:' ? ':80' : ':443';
  const own = parsePrivateHost(/:\d+$/.test(host) ? host : host + port);
  return own ? { ...policy, privateHosts: [...policy.privateHosts, own] } : policy;
}

/**
 * Checks a URL as it is written, relative to `base` when it was found in something fetched from there.
 * @throws Failure url_refused that says why, with the URL but without its secrets
 */
export function checkUrl(text: string, policy: UrlPolicy, base?: string): URL {
  if (!URL.canParse(text, base)) throw refused(text.slice(0, 200), 'it is not a URL');
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(url, 'only https (and http) is allowed');
  if (url.username !== '' || url.password !== '') throw refused(url, 'a user name or password in a URL is not allowed');
  if (isListedHost(url, policy.privateHosts)) return url;
  const literal = literalAddress(url);
  if (literal) {
    const problem = problemOfAddress(literal, url.protocol, policy);
    if (problem) throw refused(url, problem);
  } else if (url.protocol === 'http:' && !policy.privateHosts.some(({ kind }) => kind === 'network')) {
    throw refused(url, plainHttp);
  }
  return url;
}

/** The lookup of a connection to the URL: resolves like the system and refuses, with url_refused, what the policy does not allow. */
export function guardedLookup(url: URL, policy: UrlPolicy): LookupFunction {
  if (isListedHost(url, policy.privateHosts)) return dnsLookup;
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowed: LookupAddress[] = [];
      let problem = `the name ${hostname} has no address`;
      for (const found of addresses) {
        const its = problemOfAddress(found.address, url.protocol, policy);
        if (its) problem = its;
        else allowed.push(found);
      }
      const [first] = allowed;
      // One forbidden address among the name's addresses is enough to refuse: nobody honest publishes both kinds.
      if (!first || allowed.length < addresses.length) return callback(refused(url, problem), '', 0);
      if (options.all) return callback(null, allowed, 0);
      callback(null, first.address, first.family);
    });
  };
}

/** A URL for messages and logs: without user, password, query and fragment, where secrets travel. */
export function shownUrl(url: URL | string): string {
  if (typeof url === 'string') {
    if (!URL.canParse(url)) return url.replace(/[?#].*/s, '').slice(0, 300);
    url = new URL(url);
  }
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 300);
}

const plainHttp = 'plain http is allowed only to listed hosts';

function problemOfAddress(text: string, protocol: string, policy: UrlPolicy): string | undefined {
  const address = parseAddress(text);
  if (isListedAddress(address, policy.privateHosts)) return undefined;
  if (!isPublicAddress(address)) return `${text} is not a public address`;
  return protocol === 'http:' ? plainHttp : undefined;
}

/** The address when the URL's host is one; the WHATWG parser has brought `0x7f.1` and the like to the usual form. */
function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return /^[\d.]+$/.test(host) || host.includes(':') ? host : undefined;
}

function refused(url: URL | string, problem: string): Failure {
  const shown = typeof url === 'string' ? url : shownUrl(url);
  return new Failure('url_refused', `The address ${shown} may not be used: ${problem}.`, {
    details: { url: shown, problem },
  });
}
