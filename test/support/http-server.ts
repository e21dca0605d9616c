import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** What was asked so far, as `GET /path`. */
  readonly requests: readonly string[];
  /** Connections accepted so far. */
  connections(): number;
}

/** A real HTTP server on 127.0.0.1 that ends with the test that started it. */
export async function loopbackServer(
  listener: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<LoopbackServer> {
  const requests: string[] = [];
  let connections = 0;
  const handle: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void listener(request, response);
  };
  const server = createServer(handle).on('connection', () => void connections++);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
  };
}
