import { Failure } from '../domain/failure.js';
import { HttpFault } from '../net/http-fault.js';
import type { HttpClient, HttpResponse } from '../net/request.js';

/** What of an answer's body is read, to show why it refused; the rest is let go. */
const shownAnswerBytes = 300;

export interface NoticePost {
  /** May hold a secret in its path or query. */
  readonly url: string;
  /** What to call it in messages, without secrets. */
  readonly target: string;
  /** JSON */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that a redirect elsewhere does not get. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts JSON to a web service. 2xx is taken for told.
 * @returns the start of the answer
 * @throws Failure notice_undeliverable when later may be better, else notice_refused; url_refused; the signal's reason
 */
export async function postNotice(http: HttpClient, post: NoticePost): Promise<string> {
  const response = await answerTo(http, post);
  const answer = await startOfBody(response);
  if (response.status >= 200 && response.status < 300) return answer;
  const code = isForGood(response.status) ? 'notice_refused' : 'notice_undeliverable';
  throw new Failure(code, `${post.target} answered ${response.status} to a notice: ${answer || 'nothing'}`, {
    details: { target: post.target, status: response.status },
  });
}

async function answerTo(http: HttpClient, { target, headers, signal, ...post }: NoticePost): Promise<HttpResponse> {
  try {
    return await http.request({
      ...post,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(signal && { signal }),
    });
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const code = error.passing ? 'notice_undeliverable' : 'notice_refused';
    throw new Failure(code, `${target} was not told: ${error.kind}`, { cause: error });
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
