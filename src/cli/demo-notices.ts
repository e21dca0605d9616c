import { json } from 'node:stream/consumers';
import { Failure } from '../domain/failure.js';
import { startDemoServer } from './demo-server.js';

export interface NoticeReceiver {
  /** For REELWAY_NOTIFY. */
  readonly url: string;
  /** The subject of the first notice whose subject matches. @throws Failure notice_undeliverable when none comes in time */
  subject(pattern: RegExp, signal: AbortSignal): Promise<string>;
  readonly close: () => Promise<void>;
}

/** milliseconds */
const patience = 20_000;

/** The receiver of the demo's notices: a web service on loopback, told as any other would be. */
export async function listenForNotices(): Promise<NoticeReceiver> {
  const subjects: string[] = [];
  const waiting = new Set<() => void>();
  const server = await startDemoServer(async (request, response) => {
    const { subject } = (await json(request)) as { subject: string };
    response.writeHead(204).end();
    subjects.push(subject);
    for (const look of waiting) look();
  });
  return {
    url: `${server.origin}/notices`,
    subject: (pattern, signal) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          waiting.delete(look);
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          act();
        };
        const look = () => {
          const found = subjects.find((subject) => pattern.test(subject));
          if (found !== undefined) settle(() => resolve(found));
        };
        const stop = () => settle(() => reject(signal.reason as Error));
        const timer = setTimeout(
          () =>
            settle(() =>
              reject(
                new Failure('notice_undeliverable', `No notice came within ${patience / 1000} s that says ${pattern}.`),
              ),
            ),
          patience,
        );
        signal.addEventListener('abort', stop);
        waiting.add(look);
        look();
      }),
    close: server.close,
  };
}
