import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tellFirstToken } from './tell-first-token.js';

let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-token-'));
  printed = [];
});
afterEach(() => rm(folder, { recursive: true }));
const terminal = (attended: boolean) => ({ attended, print: (line: string) => void printed.push(line) });

it('shows it to a person at a terminal, and keeps it nowhere', async () => {
  await tellFirstToken(terminal(true), folder, 'hunter2');
  expect(printed).toEqual([expect.stringContaining('shown this once: hunter2')]);
  await expect(stat(join(folder, 'first-token.txt'))).rejects.toThrow('ENOENT');
});

it('puts it into a file for its owner alone where what is printed stays, and says where', async () => {
  const file = join(folder, 'first-token.txt');
  await writeFile(file, 'of an earlier start', { mode: 0o644 });
  await tellFirstToken(terminal(false), folder, 'hunter2');
  expect(printed).toEqual([expect.stringContaining(file)]);
  expect(printed.join()).not.toContain('hunter2');
  expect(await readFile(file, 'utf8')).toBe('hunter2\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
