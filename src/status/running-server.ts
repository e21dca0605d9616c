import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { lockFolder, lockOwner, type DataFolderLock } from './data-folder-lock.js';

/**
 * How other commands of the same user reach the server that owns a data folder: the embedded database has one owner,
 * so they talk to it instead of opening the database. `lock/server.json` tells where, `lock/local-token` (mode 0600) lets in.
 */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly pid: number;
  /** Sent as `Authorization: Bearer <token>`; new with every start. */
  readonly token: string;
}

const serverFile = z.object({ url: z.url(), pid: z.int(), started: z.string() });

/** Call when the server listens. `token` must be let in by the server until `withdraw`. */
export async function publishServer(
  lock: DataFolderLock,
  url: string,
): Promise<{ token: string; withdraw: () => Promise<void> }> {
  const token = randomBytes(32).toString('base64url');
  const folder = lockFolder(lock.dataFolder);
  await replaceFile(path.join(folder, 'local-token'), token);
  const { pid, started } = lock.identity;
  await replaceFile(path.join(folder, 'server.json'), JSON.stringify({ url, pid, started }));
  return {
    token,
    async withdraw() {
      await rm(path.join(folder, 'server.json'), { force: true });
      await rm(path.join(folder, 'local-token'), { force: true });
    },
  };
}

/** The server that owns the data folder now, or undefined when no live process that serves holds it. */
export async function findRunningServer(dataFolder: string): Promise<RunningServer | undefined> {
  const owner = await lockOwner(dataFolder);
  if (!owner) return undefined;
  const folder = lockFolder(dataFolder);
  try {
    const server = serverFile.parse(JSON.parse(await readFile(path.join(folder, 'server.json'), 'utf8')));
    // Left behind by an owner that was killed: not the one that holds the lock now.
    if (server.pid !== owner.pid || server.started !== owner.started) return undefined;
    return { url: server.url, pid: server.pid, token: await readFile(path.join(folder, 'local-token'), 'utf8') };
  } catch {
    return undefined;
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
