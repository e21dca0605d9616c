import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Failure } from '../domain/failure.js';

/** @throws Failure database_unavailable with what pg_dump said */
export function dumpDatabase(url: string, file: string, signal: AbortSignal): Promise<void> {
  return run('pg_dump', ['--format=custom', `--file=${file}`, '--dbname'], url, signal);
}

/** All of it or nothing. @throws Failure database_unavailable with what pg_restore said, as that something is there already */
export function restoreDump(url: string, file: string, signal: AbortSignal): Promise<void> {
  return run('pg_restore', ['--no-owner', '--single-transaction', '--exit-on-error', file, '--dbname'], url, signal);
}

/** The password of the URL goes by the environment: arguments are for everybody to read. */
async function run(
  program: string,
  parameters: readonly string[],
  databaseUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const { url, password } = forLibpq(databaseUrl);
  const child = spawn(program, [...parameters, url.href], {
    env: { ...process.env, ...(password !== '' && { PGPASSWORD: password }) },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const said = text(child.stderr);
  const [code] = await ended.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Failure(
      'database_unavailable',
      `${program} could not be started (${(error as Error).message}): on Debian it is in the package postgresql-client.`,
      { cause: error },
    );
  });
  if (code === 0) return;
  throw new Failure(
    'database_unavailable',
    `${program} of ${url.host} ended with ${code}: ${(await said).trim().slice(0, 2000)}`,
  );
}

/** What `pg` takes in an address, for programs of PostgreSQL: libpq refuses parameters that are not its own. */
function forLibpq(databaseUrl: string): { url: URL; password: string } {
  const url = new URL(databaseUrl);
  const { searchParams: query } = url;
  const password = query.get('password') ?? decodeURIComponent(url.password);
  url.password = '';
  query.delete('password');
  query.delete('uselibpqcompat');
  if (query.get('sslmode') === 'no-verify') query.set('sslmode', 'require');
  return { url, password };
}
