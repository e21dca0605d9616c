import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localStore } from '../storage/local.js';
import { smallMp4 } from '../../test/support/small-mp4.js';
import { uploads, type Uploads } from './uploads.js';

let folder: string;
let kept: Uploads;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-uploads-'));
  kept = uploads({ store: localStore({ folder }), limit: 200_000, sourceOf: (key) => path.join(folder, key) });
});
afterEach(() => rm(folder, { recursive: true }));

/** Everything in the folder that is no folder, hidden files, too. */
async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const never = new AbortController().signal;

describe('an uploaded file', () => {
  it('is stored under a name that is none of its sender', async () => {
    const mp4 = smallMp4();
    const { source, bytes } = await kept.receive('lecture', pieces(mp4, 3));
    expect(bytes).toBe(mp4.length);
    expect(path.relative(folder, source)).toMatch(/^uploads\/lecture\/[0-9a-f-]{36}\.mp4$/);
    expect(await files()).toEqual([source]);
  });

  it('outlives a loss of power, as its sender was told that it is there', async () => {
    const store = localStore({ folder });
    const put = vi.spyOn(store, 'put');
    await uploads({ store, limit: 200_000, sourceOf: (key) => key }).receive('lecture', pieces(smallMp4(), 5000));
    expect(put.mock.calls[0]?.[2]).toMatchObject({ durable: true });
  });

  it.each([
    ['is larger than it may be', () => pieces(smallMp4({ mediaBytes: 300_000 }), 50_000), 'too_large'],
    ['does not begin as an MP4', () => pieces(Buffer.from('<html>no movie</html>'), 5), 'source_invalid'],
    ['is empty', () => pieces(Buffer.alloc(0), 5), 'source_invalid'],
  ])('leaves nothing when it %s', async (_, body, code) => {
    await expect(kept.receive('lecture', body())).rejects.toMatchObject({ code });
    expect(await files()).toEqual([]);
  });

  it('leaves nothing when its sender goes away in the middle', async () => {
    async function* torn(): AsyncGenerator<Uint8Array> {
      yield* pieces(smallMp4(), 50_000);
      throw new Error('aborted');
    }
    await expect(kept.receive('lecture', torn())).rejects.toThrow('aborted');
    expect(await files()).toEqual([]);
  });

  it('is refused before a byte of it is read when its sender says that it is too large', async () => {
    const unread = {
      [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
        throw new Error('it was read');
      },
    };
    await expect(kept.receive('lecture', unread, 200_001)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('goes after a day when no asset is made of it', async () => {
    const used = await kept.receive('used', pieces(smallMp4(), 50_000));
    const left = await kept.receive('left', pieces(smallMp4(), 50_000));
    const isUsed = (assetId: string, source: string) => Promise.resolve(assetId === 'used' && source === used.source);
    expect(await kept.sweep(isUsed, never)).toBe(0);
    const dayBefore = new Date(Date.now() - 90_000_000);
    for (const { source } of [used, left]) await utimes(source, dayBefore, dayBefore);
    expect(await kept.sweep(isUsed, never)).toBe(1);
    expect(await files()).toEqual([used.source]);
  });
});
