import { randomBytes } from 'node:crypto';
import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { readConfig, shownText, storageOf, unknownNames, type Config } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import { Failure, failureTable, toFailure } from '../domain/failure.js';
import { lockOwner } from '../status/data-folder-lock.js';
import { findRunningServer } from '../status/running-server.js';
import { openStore } from '../storage/open.js';
import type { ObjectStore } from '../storage/object-store.js';
import { formatBytes } from './quantity.js';
import type { Check, Finding } from './doctor-finding.js';
import { noticeChecks } from './doctor-notices.js';
import { allZoomCredentials } from '../source/zoom/zoom-credentials.js';

/** bytes of free space below which the data folder is worth a note: a full ladder of one hour is about this large */
const littleSpace = 10 * 1024 ** 3;
const oldestPostgres = 15;
/** milliseconds for one check */
const checkTimeout = 30_000;

/** What to check with these settings, in the order in which a person would mend it. */
export function checks(environment: Environment, { sendTest = false }: { sendTest?: boolean } = {}): Check[] {
  const node: Check = { name: 'Node.js', run: () => Promise.resolve(ok('Node.js', process.versions.node)) };
  const names = check('names', () => Promise.resolve(unknownNamesFinding(environment)));
  let config: Config;
  try {
    config = readConfig(environment);
  } catch (error) {
    return [node, names, check('settings', () => Promise.reject(toFailure(error)))];
  }
  return [
    node,
    names,
    check('settings', () => Promise.resolve(ok('settings', 'every setting is usable'))),
    check('data folder', () => dataFolder(config)),
    check('database', () => database(config)),
    check('storage', () => storage(openStore(storageOf(config)))),
    check('port', () => port(config)),
    check('tokens', () => tokens(config)),
    ...noticeChecks(config, sendTest).map(({ name, run }) => check(name, run)),
    ...zoomNames(config).map((name, index) => check(name, () => zoom(config, name, index))),
    check('Opencast', () => opencast(config)),
    ...(config.GSHEETS_DOC_ID === undefined ? [] : [check('spreadsheet', () => spreadsheet(config))]),
    ...(config.SLACK_API_TOKEN === undefined ? [] : [check('Slack', () => slack(config))]),
    check('AWS', async () => (await import('./doctor-aws.js')).awsFinding(config)),
  ];
}

function check(name: string, run: () => Promise<Finding>): Check {
  return { name, run: () => Promise.race([run(), late()]) };
}

/** A mount or a server that hangs is a problem as well. */
function late(): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${checkTimeout / 1000} s`));
    }, checkTimeout);
    timer.unref();
  });
}

function ok(name: string, message: string): Finding {
  return { name, status: 'ok', message };
}

function unknownNamesFinding(environment: Environment): Finding {
  const unknown = unknownNames(environment);
  if (unknown.length === 0) return ok('names', 'no unknown REELWAY_ setting');
  return { name: 'names', status: 'note', message: 'some settings are not known and do nothing', problems: unknown };
}

async function dataFolder({ REELWAY_DATA_DIR: folder }: Config): Promise<Finding> {
  const existing = await nearestExisting(folder);
  await access(existing, constants.W_OK | constants.X_OK).catch((error: Error) => {
    throw new Failure('invalid_settings', `REELWAY_DATA_DIR ${folder} cannot be written: ${error.message}`);
  });
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const facts = [
    folder,
    existing === folder ? 'writable' : 'will be made at the first start',
    `${formatBytes(free)} free`,
  ];
  const owner = existing === folder ? await lockOwner(folder) : undefined;
  if (owner) facts.push(`in use by process ${owner.pid}`);
  if (free >= littleSpace) return ok('data folder', facts.join(', '));
  return { name: 'data folder', status: 'note', message: facts.join(', '), help: 'Make room before large work.' };
}

async function nearestExisting(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return nearestExisting(dirname(folder));
  }
}

async function database(config: Config): Promise<Finding> {
  const { DATABASE_URL: databaseUrl, REELWAY_DATA_DIR: folder } = config;
  if (databaseUrl !== undefined) return serverDatabase(databaseUrl);
  const running = await findRunningServer(folder);
  if (running) {
    const response = await fetch(`${running.url}/readyz`);
    if (response.ok) return ok('database', `embedded, in use by the server at ${running.url}, which is ready`);
    throw new Failure('database_unavailable', `The server at ${running.url} is not ready: ${await response.text()}`);
  }
  if (await lockOwner(folder)) return ok('database', 'embedded, in use by another command of this data folder');
  if ((await nearestExisting(join(folder, 'database/PG_VERSION'))) !== join(folder, 'database/PG_VERSION'))
    return ok('database', 'embedded, will be made at the first start');
  return openedDatabase(config, 'embedded');
}

async function serverDatabase(databaseUrl: string): Promise<Finding> {
  const { default: pg } = await import('pg');
  const where = shownText('DATABASE_URL', databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SHOW server_version');
    const version = rows[0]?.version ?? '';
    if (Number.parseInt(version, 10) >= oldestPostgres) return ok('database', `PostgreSQL ${version} at ${where}`);
    throw new Failure('invalid_settings', `PostgreSQL ${oldestPostgres} or later is needed; ${where} is ${version}.`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw new Failure('database_unavailable', `The database ${where} does not answer: ${message || (code ?? '')}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function openedDatabase(config: Config, name: string): Promise<Finding> {
  const { openDatabase } = await import('../status/database.js');
  const log = pino({ level: 'silent' });
  const opened = await openDatabase({ dataFolder: config.REELWAY_DATA_DIR, log });
  try {
    const { rows } = await opened.pool.query<{ version: string }>('SHOW server_version');
    return ok('database', `${name}, PostgreSQL ${rows[0]?.version ?? ''}`);
  } finally {
    await opened.close();
  }
}

/** Writes, reads and removes an object. */
async function storage(store: ObjectStore): Promise<Finding> {
  const key = `reelway-doctor-${randomBytes(6).toString('hex')}.txt`;
  const probe = Buffer.from('Written by `reelway doctor`; may be removed.\n');
  await store.put(key, probe, { contentType: 'text/plain' });
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await store.get(key)).body) chunks.push(chunk);
    if (!Buffer.concat(chunks).equals(probe))
      throw new Failure('storage_unavailable', `${store.location} gave back other bytes than were stored.`);
  } finally {
    await store.remove(key);
  }
  return ok('storage', `${store.location}: stored, read and removed an object`);
}

async function port({ REELWAY_HOST: host, REELWAY_PORT: number, REELWAY_DATA_DIR: folder }: Config): Promise<Finding> {
  const running = await findRunningServer(folder);
  if (running) return ok('port', `a server of this data folder answers at ${running.url}`);
  await new Promise<void>((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen({ host, port: number }, () => probe.close(() => resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'EADDRINUSE' ? 'port_in_use' : 'invalid_settings';
    throw new Failure(code, `Port ${number} of ${host} cannot be used: ${error.message}.`);
  });
  return ok('port', `${number} of ${host} is free`);
}

async function tokens({ REELWAY_API_TOKENS: given, REELWAY_DATA_DIR: folder }: Config): Promise<Finding> {
  if (given) return ok('tokens', `${given.map(({ name }) => name).join(', ')} may use the API`);
  const made = await access(join(folder, 'api-token.json')).then(
    () => true,
    () => false,
  );
  return ok('tokens', made ? 'the one made at the first start' : 'one will be made and shown at the first start');
}

async function spreadsheet(config: Config): Promise<Finding> {
  const [{ sheetsOf }, { spreadsheetFinding }] = await Promise.all([
    import('../recordings-intake.js'),
    import('./doctor-outside.js'),
  ]);
  return { name: 'spreadsheet', ...(await spreadsheetFinding(config, sheetsOf(config))) };
}

async function slack(config: Config): Promise<Finding> {
  const { slackFinding } = await import('./doctor-outside.js');
  return { name: 'Slack', ...(await slackFinding(config)) };
}

function zoomNames(config: Config): string[] {
  const accounts = allZoomCredentials(config);
  if (accounts.length <= 1) return accounts.map(() => 'Zoom');
  return accounts.map((each) => `Zoom ${each.kind === 'server-to-server' ? each.accountId : `(${each.kind})`}`);
}

/** Asks as the hourly look does. */
async function zoom(config: Config, name: string, index: number): Promise<Finding> {
  const { zoomConnection } = await import('../recordings-line.js');
  const today = new Date().toISOString().slice(0, 10);
  const account = zoomConnection(config)?.accounts[index];
  if (account) await account.client.recordings({ from: today, to: today })[Symbol.asyncIterator]().next();
  return ok(name, 'it lets us in and lists recordings');
}

async function opencast(config: Config): Promise<Finding> {
  const [{ opencastConnection }, { opencastFinding }] = await Promise.all([
    import('../recordings-line.js'),
    import('./doctor-opencast.js'),
  ]);
  return { name: 'Opencast', ...(await opencastFinding(config, opencastConnection(config))) };
}

/** The finding of a check that threw. */
export function problemFinding(name: string, failure: Failure): Finding {
  const { problems } = failure.details;
  return {
    name,
    status: 'problem',
    message: failure.message,
    ...(Array.isArray(problems) && { problems: problems as string[] }),
    help: failureTable[failure.code].help,
    code: failure.code,
  };
}
