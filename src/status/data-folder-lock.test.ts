import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../domain/failure.js';
import { lockDataFolder, lockFolder, lockOwner, type DataFolderLock } from './data-folder-lock.js';
import { ownIdentity } from '../process-identity.js';
import { findRunningServer, publishServer } from './running-server.js';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'reelway-lock-'))));
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Another process that takes the lock and holds it; resolves to what it printed first: `held` or the code of its failure. */
async function otherProcess(): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    const { lockDataFolder } = await import(${JSON.stringify(new URL('data-folder-lock.ts', import.meta.url).href)});
    lockDataFolder(process.argv[1]).then(
      () => { console.log('held'); setInterval(() => {}, 1000); },
      (error) => console.log(error.code, error.details.pid));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function refusal(attempt: Promise<DataFolderLock>): Promise<Failure> {
  return attempt.then(
    () => expect.unreachable('the lock was given twice'),
    (error: unknown) => error as Failure,
  );
}

/** An owner as somebody else would have written it. */
async function writeOwner(owner: object): Promise<string> {
  const lock = await lockDataFolder(folder);
  await lock.release();
  const file = path.join(lockFolder(folder), 'owner.2.json');
  await writeFile(file, JSON.stringify({ ...ownIdentity(), ...owner }));
  return file;
}

describe('the lock of a data folder', () => {
  it('is looked for in vain where the folder is a file: the setting is wrong, not Reelway', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(findRunningServer(file)).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining(`REELWAY_DATA_DIR ${file} is no folder`) as string,
    });
  });

  // Root may look into every folder, whatever its mode.
  it.skipIf(process.getuid?.() === 0)('says whose it is where this user may not look into it', async () => {
    await (await lockDataFolder(folder)).release();
    await chmod(lockFolder(folder), 0o000);
    const looked = expect(findRunningServer(folder)).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining('as the user that the server runs as') as string,
    });
    await looked.finally(() => chmod(lockFolder(folder), 0o700));
  });

  it('refuses a second process and names the one that holds it', async () => {
    const { child } = await otherProcess();
    const failure = await refusal(lockDataFolder(folder));
    expect(failure).toMatchObject({ code: 'data_folder_in_use', details: { pid: child.pid } });
    expect(failure.message).toContain(String(child.pid));
    expect(await lockOwner(folder)).toMatchObject({ pid: child.pid });
  });

  it('is free again when its holder was killed', async () => {
    const { child } = await otherProcess();
    await killed(child);
    expect(await lockOwner(folder)).toBeUndefined();
    await (await lockDataFolder(folder)).release();
  });

  it('is given once within one process, too, until it is released', async () => {
    const lock = await lockDataFolder(folder);
    expect((await refusal(lockDataFolder(folder))).code).toBe('data_folder_in_use');
    await lock.release();
    await lock.release();
    await (await lockDataFolder(folder)).release();
  });

  it('is not fooled by a process number that is used again', async () => {
    await writeOwner({ pid: process.pid, started: '1' });
    await (await lockDataFolder(folder)).release();
  });

  it('goes to exactly one of many that take over from a dead holder at once', async () => {
    for (let round = 0; round < 5; round++) {
      await writeOwner({ started: '1' });
      const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataFolder(folder)));
      const given = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      expect(given).toHaveLength(1);
      await given[0]?.release();
      await rm(lockFolder(folder), { recursive: true });
    }
  });

  it('goes to exactly one of several processes that take over from a killed one', async () => {
    const { child } = await otherProcess();
    await killed(child);
    const said = await Promise.all([otherProcess(), otherProcess(), otherProcess()]);
    expect(said.filter((other) => other.said === 'held')).toHaveLength(1);
    expect(said.filter((other) => other.said.startsWith('data_folder_in_use'))).toHaveLength(2);
  });

  it('believes a holder in another container as long as it gives signs of life', async () => {
    const file = await writeOwner({ space: 'another container' });
    const signs = setInterval(() => void utimes(file, new Date(), new Date()), 20);
    const failure = await refusal(lockDataFolder(folder, { foreignOwnerTimeoutMs: 20_000 }));
    clearInterval(signs);
    expect(failure.code).toBe('data_folder_in_use');
  });

  it('takes over from a holder in another container that gives no sign of life', async () => {
    await writeOwner({ space: 'another container' });
    await (await lockDataFolder(folder, { foreignOwnerTimeoutMs: 100 })).release();
  });

  it('tells its holder when another has taken over', async () => {
    let onLost: (failure: Failure) => void = () => undefined;
    const lost = new Promise<Failure>((resolve) => (onLost = resolve));
    await lockDataFolder(folder, { onLost: (failure) => onLost(failure), heartbeatMs: 20 });
    await writeFile(path.join(lockFolder(folder), 'owner.2.json'), JSON.stringify({ ...ownIdentity(), pid: 4711 }));
    expect((await lost).details).toMatchObject({ pid: 4711 });
  });

  it('does not fill the folder over time', async () => {
    for (let n = 0; n < 30; n++) await (await lockDataFolder(folder)).release();
    expect((await readdir(lockFolder(folder))).length).toBeLessThan(10);
  });

  it('says which setting is wrong when the folder cannot be made', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const failure = await refusal(lockDataFolder(path.join(folder, 'file')));
    expect(failure).toMatchObject({ code: 'invalid_settings', details: { setting: 'REELWAY_DATA_DIR' } });
  });
});

describe('the running server of a data folder', () => {
  it('is found with its address and token while it holds the lock, and not afterwards', async () => {
    const lock = await lockDataFolder(folder);
    expect(await findRunningServer(folder)).toBeUndefined();
    const { token, withdraw } = await publishServer(lock, 'http://127.0.0.1:8080');
    expect(await findRunningServer(folder)).toEqual({ url: 'http://127.0.0.1:8080', pid: process.pid, token });
    await withdraw();
    expect(await findRunningServer(folder)).toBeUndefined();
    await lock.release();
  });

  it('keeps the token from other users', async () => {
    const lock = await lockDataFolder(folder);
    await publishServer(lock, 'http://127.0.0.1:8080');
    expect((await stat(path.join(lockFolder(folder), 'local-token'))).mode & 0o777).toBe(0o600);
    await lock.release();
  });

  it('is not taken from what a killed server left behind', async () => {
    const lock = await lockDataFolder(folder);
    await publishServer({ ...lock, identity: { ...lock.identity, started: '1' } }, 'http://127.0.0.1:8080');
    expect(await findRunningServer(folder)).toBeUndefined();
    await lock.release();
    expect(await findRunningServer(folder)).toBeUndefined();
  });

  it('is none when there is no data folder yet', async () => {
    expect(await findRunningServer(path.join(folder, 'missing'))).toBeUndefined();
  });
});
