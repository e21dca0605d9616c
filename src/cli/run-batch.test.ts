import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Failure } from '../domain/failure.js';
import type { AssetDoor } from './asset-door.js';
import { runBatch } from './run-batch.js';

it('keeps of what failed its code and message alone, however many lines there are', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-run-batch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'list'), '{"id":"refused"}\n{"id":"failed"}\nnonsense\n');
  const failure = new Failure('conflict', 'no', { cause: new Error('why'), details: { much: 'more' } });
  const door = {
    submit: ({ id }: { id: string }) => (id === 'refused' ? Promise.reject(failure) : Promise.resolve(id)),
    look: () => Promise.resolve({ status: 'failed', failure }),
  } as unknown as AssetDoor;
  const { failures } = await runBatch(door, {
    ...{ list: path.join(folder, 'list'), packagingGroup: undefined, choice: {}, underWay: Infinity },
    ...{ prepare: (request: object) => request, signal: new AbortController().signal },
    ...{ progress: () => undefined, failed: () => undefined },
  });
  expect([...failures.keys()].sort()).toEqual([1, 2, 3]);
  for (const kept of failures.values()) expect(Object.keys(kept)).toEqual(['code', 'message']);
  expect([...failures.values()].every((kept) => !(kept instanceof Error))).toBe(true);
});
