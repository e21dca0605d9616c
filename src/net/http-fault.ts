import { shownUrl } from './safe-url.js';

/**
 * Why an HTTP exchange gave no answer, for callers to put in words of their own room:
 * - `unreachable`: no connection (DNS, refused, TLS); `timeout`: see Timeouts; `cut`: the connection ended in the middle. All passing.
 * - `redirects`: too many, or one that leads nowhere; `oversize`: more bytes than the caller's limit; `encoded`: a content coding that was not asked for.
 */
export type HttpFaultKind = 'unreachable' | 'timeout' | 'cut' | 'redirects' | 'oversize' | 'encoded';

export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly kind: HttpFaultKind;

  /** @param message says what happened, with the address but without its secrets */
  constructor(kind: HttpFaultKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }

  /** May the same request succeed later? */
  get passing(): boolean {
    return this.kind === 'unreachable' || this.kind === 'timeout' || this.kind === 'cut';
  }
}

/** What a connection's error is. */
export function faultOf(error: unknown, url: URL): HttpFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const cut = code === 'ECONNRESET' || code === 'EPIPE' || code?.startsWith('HPE_');
  const reason = code ?? (error instanceof Error ? error.message : 'unknown');
  const what = cut ? 'broke off the connection' : 'cannot be reached';
  return new HttpFault(cut ? 'cut' : 'unreachable', `${shownUrl(url)} ${what} (${reason})`, { cause: error });
}
