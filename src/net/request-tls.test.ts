import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Is there a program to make a certificate with? */
const openssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(openssl)('a request over TLS', () => {
  it('checks the certificate, against the name that was asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reelway-tls-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-nodes', '-days', '2', ...curve, '-keyout', key, '-out', certificate, ...subject],
      { stdio: 'ignore' },
    );
    const body = randomBytes(200_000);
    const digest = createHash('sha256').update(body).digest('hex');
    const server = createServer(
      { key: await readFile(key), cert: await readFile(certificate) },
      (_request, response) => {
        response.end(body);
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    const both = (answer: string): string => `${answer}\n${answer}\n`;
    expect(await asking(`https://localhost:${port}/`, certificate)).toBe(both(`200000 ${digest}`));
    expect(await asking(`https://127.0.0.1:${port}/`, certificate)).toBe(
      both('unreachable ERR_TLS_CERT_ALTNAME_INVALID'),
    );
    expect(await asking(`https://localhost:${port}/`)).toBe(both('unreachable DEPTH_ZERO_SELF_SIGNED_CERT'));
  });
});

/** What another process gets, by each way of asking, because Node reads the authorities that it trusts only at its start. */
async function asking(url: string, authority?: string): Promise<string> {
  const program = `
    import { createHash } from 'node:crypto';
    import { httpClient } from ${JSON.stringify(new URL('./request.ts', import.meta.url).href)};
    import { trusting } from ${JSON.stringify(new URL('./safe-url.ts', import.meta.url).href)};
    const url = ${JSON.stringify(url)};
    const client = httpClient({ policy: trusting(url, { privateHosts: [] }) });
    const request = async () => (await client.request({ url })).body;
    const get = async () => (await client.get({ url })).read(() => Buffer.alloc(70_000));
    for (const way of [request, get]) {
      try {
        const pieces = [];
        for await (const piece of await way()) pieces.push(piece);
        const body = Buffer.concat(pieces);
        console.log(body.length + ' ' + createHash('sha256').update(body).digest('hex'));
      } catch (error) {
        console.log(error.kind + ' ' + error.cause?.code);
      }
    }
    client.close();`;
  const env = { ...process.env, ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }) };
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { env });
  let said = '';
  child.stdout.on('data', (piece) => (said += String(piece)));
  await once(child, 'close');
  return said;
}
