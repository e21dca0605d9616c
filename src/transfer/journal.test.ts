import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { localStore } from '../storage/local.js';
import { listFolder } from './inventory.js';
import { journalWriter, readBatches } from './journal.js';

it('takes all objects of a large mirror at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-journal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const at = { store: localStore({ folder }), folder: 'm' };
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const objects = Array.from({ length: 300_000 }, (_, n) => ({
    ...{ key: `${n}.ts`, size: 1, digest, contentType: 'video/mp2t' },
  }));
  const journal = journalWriter(at, 'f');
  await journal.record(objects);
  await journal.flush();
  expect(await readBatches(at, await listFolder(at.store, 'm'), 'f')).toHaveLength(objects.length);
});
