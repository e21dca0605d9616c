import { loopbackServer } from '../../test/support/http-server.js';

/** A server of one content under all names but two, with ranges if it knows them; ends with the test. */
export async function serving(bytes: Buffer = Buffer.from('0123456789'), ranges = true) {
  return loopbackServer((request, response) => {
    if (request.url?.endsWith('missing.ts')) return void response.writeHead(404).end();
    const body = request.url?.endsWith('empty.ts') ? Buffer.alloc(0) : bytes;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (!ranges || from === undefined) return void response.writeHead(200, { 'content-length': body.length }).end(body);
    const start = Number(from);
    if (start >= body.length) return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    const end = Math.min(to === '' ? Infinity : Number(to), body.length - 1);
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${body.length}` });
    response.end(body.subarray(start, end + 1));
  });
}
