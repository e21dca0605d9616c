import { Failure } from '../domain/failure.js';
import type { HttpClient, HttpResponse } from '../net/request.js';
import { HttpFault } from '../net/http-fault.js';
import { shownUrl } from '../net/safe-url.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';

/** What of an answer's body is read to show why it refused; the rest is let go. */
const shownAnswerBytes = 300;

/**
 * Tells a web service: `POST` of JSON `{ id, subject, text, ...data }`. 2xx is taken for told.
 * @param url may hold a secret in its path or query; it is shown without them
 */
export function webhook({ url, http }: { url: string; http: HttpClient }): Notifier {
  const target = new URL(url).origin;
  return {
    target,
    async send(notice, signal) {
      const response = await post(http, { url, body: bodyOf(notice), ...(signal && { signal }) });
      const answer = await startOfBody(response);
      if (response.status >= 200 && response.status < 300) return;
      const code = isForGood(response.status) ? 'notice_refused' : 'notice_undeliverable';
      throw new Failure(code, `${target} answered ${response.status} to a notice: ${answer || 'nothing'}`, {
        details: { target, status: response.status },
      });
    },
  };
}

function bodyOf({ id, subject, text, data }: Notice): string {
  return JSON.stringify({ id, subject, text, ...data });
}

async function post(
  http: HttpClient,
  request: { url: string; body: string; signal?: AbortSignal },
): Promise<HttpResponse> {
  try {
    return await http.request({ ...request, method: 'POST', headers: { 'content-type': 'application/json' } });
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const code = error.passing ? 'notice_undeliverable' : 'notice_refused';
    throw new Failure(code, `${shownUrl(new URL(request.url).origin)} was not told: ${error.kind}`, { cause: error });
  }
}

/** Client errors stay as they are however often one asks, but for those that mean "later" (RFC 9110, RFC 6585). */
function isForGood(status: number): boolean {
  return status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

async function startOfBody(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body) {
    text += decoder.decode(piece, { stream: true });
    if (text.length >= shownAnswerBytes) break;
  }
  response.discard();
  return text.slice(0, shownAnswerBytes);
}
