import { createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** Google's token service and Sheets API as real HTTP on loopback: the service account's assertion must be signed by its key, and be of now. */
export interface SheetsServer {
  readonly origin: string;
  /** Key file of the service account, in a temporary folder. */
  readonly credentialsFile: string;
  readonly documentId: string;
  /** Sheets by name, as rows of cells; those that are changed answer so from the next request. */
  readonly sheets: Map<string, (string | number | boolean)[][]>;
  /** The next answers of the Sheets API, in place of the real ones. */
  readonly answers: { status: number; body: string; headers?: Record<string, string> }[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const email = 'reader@project.iam.gserviceaccount.com';
const accessToken = 'sheets-access-token';

export async function startSheetsServer(): Promise<SheetsServer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const documentId = 'document-1';
  const sheets: SheetsServer['sheets'] = new Map();
  const answers: SheetsServer['answers'] = [];
  const requests: string[] = [];

  function isGranted(form: URLSearchParams): boolean {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return false;
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const verified = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
    const told = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const now = Date.now() / 1000;
    const isNow = Number(told.iat) <= now + 1 && Number(told.exp) > now && Number(told.exp) - Number(told.iat) <= 3600;
    return (
      verified &&
      isNow &&
      told.iss === email &&
      told.aud === `${origin}/token` &&
      String(told.scope).includes('spreadsheets')
    );
  }

  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    const json = (status: number, body: object | string, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    if (method === 'POST' && url === '/token') {
      void text(request).then((body) =>
        isGranted(new URLSearchParams(body))
          ? json(200, { access_token: accessToken, expires_in: 3599, token_type: 'Bearer' })
          : json(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
      );
      return;
    }
    request.resume();
    const scripted = answers.shift();
    if (scripted) return void json(scripted.status, scripted.body, scripted.headers);
    if (request.headers.authorization !== `Bearer ${accessToken}`)
      return void json(401, { error: { code: 401, message: 'Request had invalid authentication credentials.' } });
    const [, document, range = ''] = /^\/v4\/spreadsheets\/([^/]+)\/values\/([^?]+)/.exec(url) ?? [];
    if (document !== documentId)
      return void json(404, { error: { code: 404, message: 'Requested entity was not found.' } });
    const name = decodeURIComponent(range)
      .replace(/^'(.*)'$/, '$1')
      .replaceAll("''", "'");
    const values = sheets.get(name);
    if (!values) return void json(400, { error: { code: 400, message: `Unable to parse range: ${name}` } });
    json(200, { range: name, majorDimension: 'ROWS', ...(values.length > 0 && { values }) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-sheets-'));
  const credentialsFile = path.join(folder, 'service-account.json');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(
    credentialsFile,
    JSON.stringify({ type: 'service_account', client_email: email, private_key: key, token_uri: `${origin}/token` }),
  );
  return {
    ...{ origin, credentialsFile, documentId, sheets, answers, requests },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await rm(folder, { recursive: true });
    },
  };
}
