import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fileSource } from '../../transfer/file-source.js';
import type { SourceReader } from '../model/source-reader.js';
import { indexSource } from './asset-index.js';

const sample = fileURLToPath(new URL('../../../examples/sample/index.m3u8', import.meta.url));
const file = fileSource(sample);

/** It looks at no signal, as one of somebody else's may. */
function deafReader(beforeRead: () => void): SourceReader {
  return {
    read: (range) => (beforeRead(), file.read(range)),
    readSome: (resource, offset, length) => (beforeRead(), file.readSome(resource, offset, length)),
    size: (resource) => file.size(resource),
  };
}

describe('a source', () => {
  it('is read no further once the signal is aborted, though the reader does not look at it', async () => {
    let reads = 0;
    const controller = new AbortController();
    const reader = deafReader(() => {
      reads += 1;
      if (reads === 4) controller.abort(new Error('enough'));
    });
    await expect(indexSource(reader, sample, { signal: controller.signal })).rejects.toThrow('enough');
    expect(reads).toBeLessThan(4 + 8); // those that were under way
    const before = reads;
    await expect(indexSource(reader, sample, { signal: controller.signal })).rejects.toThrow('enough');
    expect(reads).toBe(before);
  });

  it('is refused by name where its reader gives more than was asked for', async () => {
    const whole = { ...file, readSome: async () => new Uint8Array(10_000).fill((await readFile(sample))[0] ?? 0) };
    await expect(indexSource(whole, sample)).rejects.toThrow(
      `the reader gave 10000 bytes of ${sample} from 0 on, where at most 4096 were asked for`,
    );
  });
});
