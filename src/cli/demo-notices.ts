import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Failure } from '../domain/failure.js';

export interface NoticeReceiver {
  /** For REELWAY_NOTIFY. */
  readonly url: string;
  /** The first notice that came. @throws Failure notice_undeliverable when none comes in time */
  first(signal: AbortSignal): Promise<{ readonly subject: string }>;
  close(): Promise<void>;
}

/** milliseconds */
const patience = 20_000;

/** The receiver of the demo's notices: a web service on loopback, told as any other would be. */
export async function listenForNotices(): Promise<NoticeReceiver> {
  let receive: (notice: { subject: string }) => void;
  const received = new Promise<{ subject: string }>((resolve) => (receive = resolve));
  const server = createServer((request, response) => {
    json(request).then(
      (notice) => {
        response.writeHead(204).end();
        receive(notice as { subject: string });
      },
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`,
    first: (signal) => Promise.race([received, tooLate(signal)]),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function tooLate(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Failure('notice_undeliverable', `No notice came within ${patience / 1000} s.`));
    }, patience);
    timer.unref();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
