import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { postgresBinaries } from './provision.js';

/** A PostgreSQL server that tests may create databases on. */
export interface PostgresServer {
  /** Of its maintenance database. */
  readonly url: string;
  /** What it is, for the log. */
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * The server that `REELWAY_TEST_DATABASE_URL` names; else one that answers on this machine's usual port or socket and lets us create
 * databases; else a private cluster in a temporary folder, made with Debian's programs.
 */
export async function findOrStartPostgres(): Promise<PostgresServer> {
  const given = process.env.REELWAY_TEST_DATABASE_URL;
  if (given !== undefined) {
    const problem = await whyNotUsable(given);
    if (problem) throw new Error(`REELWAY_TEST_DATABASE_URL cannot be used: ${problem}`);
    return { url: given, origin: 'the server of REELWAY_TEST_DATABASE_URL', stop: () => Promise.resolve() };
  }
  const user = userInfo().username;
  const candidates = [
    'postgresql://postgres@127.0.0.1:5432/postgres',
    `postgresql://${user}@127.0.0.1:5432/postgres`,
    `postgresql://${user}@%2Fvar%2Frun%2Fpostgresql/postgres`,
  ];
  for (const url of candidates)
    if ((await whyNotUsable(url)) === undefined)
      return { url, origin: `the server that answers at ${url}`, stop: () => Promise.resolve() };
  return startPrivateCluster();
}

/** Undefined when we can connect and may create databases; else what is in the way. */
async function whyNotUsable(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ allowed: boolean }>(
      'select rolcreatedb or rolsuper as allowed from pg_roles where rolname = current_user',
    );
    return rows[0]?.allowed ? undefined : 'its user may not create databases';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export interface PrivateCluster extends PostgresServer {
  /** Ends it as a crash does (SIGQUIT: no checkpoint, every connection cut), and starts it anew on the same data and port. */
  crash(): Promise<void>;
}

/**
 * A cluster of our own in a temporary folder, on a free port of the loopback address.
 * @param password what its user needs; without it everybody is let in
 */
export async function startPrivateCluster({ password }: { password?: string } = {}): Promise<PrivateCluster> {
  const programs = postgresBinaries();
  if (!programs) throw new Error('no PostgreSQL server answers, and its programs are not installed');
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-postgres-'));
  const identity = await unprivileged();
  if (identity) await chown(folder, identity.uid, identity.gid);
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  if (password !== undefined) await writeFile(passwordFile, `${password}\n`);
  const access = password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const initialise = ['-D', data, '-U', 'postgres', ...access, '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(path.join(programs, 'initdb'), initialise, { ...identity, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  // Durability is not what these tests are about: -F spares the disk.
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
  const start = () =>
    spawn(path.join(programs, 'postgres'), ['-D', data, '-p', String(port), '-F', ...settings], {
      ...identity,
      cwd: folder,
      stdio: 'ignore',
    });
  let server = start();
  const stop = async () => {
    await end(server);
    await rm(folder, { recursive: true, force: true });
  };
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const url = `postgresql://postgres${secret}@127.0.0.1:${port}/postgres`;
  try {
    await untilUsable(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    origin: `a private cluster of ${programs} on port ${port}`,
    stop,
    async crash() {
      await end(server, 'SIGQUIT');
      server = start();
      await untilUsable(url, server);
    },
  };
}

/** PostgreSQL refuses to run as root: then Debian's user of that name is taken. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = await readFile('/etc/passwd', 'utf8');
  const entry = users.split('\n').find((line) => line.startsWith('postgres:'));
  const [, , uid, gid] = entry?.split(':') ?? [];
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and there is no user named postgres');
  return { uid: Number(uid), gid: Number(gid) };
}

/** A port of the loopback address that nothing listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function untilUsable(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const problem = await whyNotUsable(url);
    if (problem === undefined) return;
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error(`the private PostgreSQL does not start: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Fast shutdown (SIGINT) unless told otherwise: open connections are cut. */
async function end(server: ChildProcess, signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill(signal);
  await exited;
}
