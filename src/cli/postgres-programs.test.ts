import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDatabase } from '../../test/support/postgres.js';
import { postgresBinaries } from '../../test/support/provision.js';
import { requires } from '../../test/support/requires.js';
import { dumpDatabase } from './postgres-programs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-programs-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('pg_dump and pg_restore', () => {
  it.runIf(requires('postgres'))('take what DATABASE_URL may say for `pg` alone, which libpq refuses', async () => {
    vi.stubEnv('PATH', `${postgresBinaries() ?? ''}:${process.env.PATH ?? ''}`);
    const database = await createDatabase();
    try {
      const file = path.join(folder, 'database.dump');
      const url = new URL(database.url);
      url.searchParams.set('uselibpqcompat', 'true');
      url.searchParams.set('sslmode', 'prefer');
      await dumpDatabase(url.href, file, AbortSignal.timeout(60_000));
      const { stdout } = await promisify(execFile)('pg_restore', ['--list', file]);
      expect(stdout).toContain('Archive created');
    } finally {
      await database.drop();
    }
  });

  it('get the password by the environment, wherever it stands in the address, and never as an argument', async () => {
    const standIn = path.join(folder, 'pg_dump');
    await writeFile(standIn, `#!/bin/sh\nprintf '%s\\n' "$PGPASSWORD" "$@" > "${folder}/given"\n`);
    await chmod(standIn, 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH ?? ''}`);
    for (const url of [
      'postgres://reelway:s%2Fcret@db/reelway?sslmode=no-verify',
      'postgres://reelway@db/reelway?password=s%2Fcret&sslmode=no-verify',
    ]) {
      await dumpDatabase(url, '/tmp/out', AbortSignal.timeout(10_000));
      const [password, ...parameters] = (await readFile(path.join(folder, 'given'), 'utf8')).trim().split('\n');
      expect(password).toBe('s/cret');
      expect(parameters.at(-1)).toBe('postgres://reelway@db/reelway?sslmode=require');
    }
  });
});
