import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readJson } from './vod-request.js';

it('a request may begin with a byte order mark', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-request-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'request.json'), '\uFEFF{"id":"a"}\r\n');
  expect(await readJson('request.json', folder, 'invalid_request')).toEqual({ id: 'a' });
});
