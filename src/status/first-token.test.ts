import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storedToken } from '../domain/api-token.js';
import { firstToken } from './first-token.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'reelway-token-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('tells the secret once and keeps only its digest, readable for its owner alone', async () => {
  const path = join(folder, 'data/api-token.json');
  const made = await firstToken(path);
  expect(made.secret).toMatch(/^[\w-]{43}$/);
  expect(made.token).toEqual(storedToken('first', made.secret!));
  expect(readFileSync(path, 'utf8')).not.toContain(made.secret);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await firstToken(path)).toEqual({ token: made.token });
});

it('is one and the same for processes that start at the same time', async () => {
  const path = join(folder, 'api-token.json');
  const made = await Promise.all(Array.from({ length: 8 }, () => firstToken(path)));
  expect(new Set(made.map(({ token }) => token.digest)).size).toBe(1);
  expect(made.filter(({ secret }) => secret !== undefined)).toHaveLength(1);
});

it('refuses a file that holds something else, and says what to do', async () => {
  const path = join(folder, 'api-token.json');
  writeFileSync(path, '{"digest":"x"}');
  await expect(firstToken(path)).rejects.toThrow(/Remove it to get a new one/);
});
