import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.mp4': 'video/mp4',
  '.m4s': 'video/iso.segment',
  '.ts': 'video/mp2t',
};

export interface StaticServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requested: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves files on the loopback address: each mount is a URL path that stands for a file, or one that ends in `/` for a folder.
 */
export async function serveFiles(mounts: Readonly<Record<string, string>>): Promise<StaticServer> {
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requested.push(pathname);
    send(find(mounts, decodeURIComponent(pathname)), request.headers.range, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requested,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function find(mounts: Readonly<Record<string, string>>, pathname: string): string | undefined {
  const mount = Object.keys(mounts).find((each) =>
    each.endsWith('/') ? pathname.startsWith(each) : pathname === each,
  );
  if (mount === undefined || !mount.endsWith('/')) return mount && mounts[mount];
  return path.join(mounts[mount]!, path.posix.normalize(`/${pathname.slice(mount.length)}`));
}

/** A range as players ask for it, `bytes=0-99`, is answered with it; another one with all, as RFC 9110 allows. */
async function send(file: string | undefined, range: string | undefined, response: ServerResponse): Promise<void> {
  const info = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !info?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(info.size - 1, last ? Number(last) : Infinity);
  const partial = first !== undefined && start <= end;
  response.writeHead(partial ? 206 : 200, {
    'content-type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
    'content-length': partial ? end - start + 1 : info.size,
    'cache-control': 'no-store',
    ...(partial && { 'content-range': `bytes ${start}-${end}/${info.size}` }),
  });
  await pipeline(createReadStream(file, partial ? { start, end } : {}), response);
}
