import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { storedToken, type StoredToken } from '../domain/api-token.js';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';

const tokenFile = z
  .object({ name: z.string(), digest: z.string().regex(/^[0-9a-f]{64}$/) })
  .transform((kept): StoredToken => ({ ...kept, role: 'admin' }));

export interface FirstToken {
  readonly token: StoredToken;
  /** Only when it was made just now: shown once, kept nowhere. */
  readonly secret?: string;
}

/**
 * The token of a server that was given none: made at its first start and kept as a digest. Remove the file to get another.
 * @throws Failure invalid_settings when the file is there and cannot be read
 */
export async function firstToken(path: string): Promise<FirstToken> {
  const kept = await readToken(path);
  if (kept) return { token: kept };
  const secret = randomBytes(32).toString('base64url');
  const token = storedToken('first', secret);
  await makeFolder(dirname(path), 0o700);
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(token)}\n`, { mode: 0o600 });
    // Unlike rename, link fails when another process was first.
    await link(draft, path);
  } catch (error) {
    const winner = await readToken(path);
    if (winner) return { token: winner };
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return { token, secret };
}

async function readToken(path: string): Promise<StoredToken | undefined> {
  try {
    return tokenFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(
      'invalid_settings',
      `${path} does not hold a token. Remove it to get a new one at the next start, or set REELWAY_API_TOKENS.`,
      { cause: error },
    );
  }
}
