import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { segmentSlots } from './segment-slots.js';

const MiB = 1024 * 1024;

/** Runs tasks of so many bytes each and says how many were under way at once. */
async function mostAtOnce(slots: ReturnType<typeof segmentSlots>, tasks: number, bytes: number): Promise<number> {
  let now = 0;
  let most = 0;
  const task = () =>
    slots.use(async (buffers) => {
      most = Math.max(most, ++now);
      await buffers.fill(0, (into) =>
        Promise.resolve(into.byteLength >= bytes ? into.subarray(0, bytes) : new Uint8Array(bytes)),
      );
      await setImmediate();
      now--;
    });
  await Promise.all(Array.from({ length: tasks }, task));
  return most;
}

describe('the slots of an engine', () => {
  it('let as many tasks run as asked for while segments are small', async () => {
    expect(await mostAtOnce(segmentSlots(3), 9, 5 * MiB)).toBe(3);
  });

  it('learn from large segments that only one fits into the budget', async () => {
    const slots = segmentSlots(3);
    await slots.use((buffers) => buffers.fill(0, () => Promise.resolve(new Uint8Array(40 * MiB))));
    expect(await mostAtOnce(slots, 9, 40 * MiB)).toBe(1);
  });

  it('use the memory of one task again for the next, also that which a larger segment brought', async () => {
    const slots = segmentSlots(1);
    const given: ArrayBufferLike[] = [];
    const bytes = new Uint8Array(20 * MiB);
    for (let i = 0; i < 3; i++) {
      await slots.use((buffers) =>
        buffers.fill(0, (into) => {
          given.push(into.buffer);
          return Promise.resolve(into.byteLength < bytes.byteLength ? bytes : into);
        }),
      );
    }
    expect(given[1]).toBe(bytes.buffer);
    expect(given[2]).toBe(bytes.buffer);
  });

  it('do not keep a slice of memory that belongs to somebody else', async () => {
    const slots = segmentSlots(1);
    const pool = new Uint8Array(8192);
    await slots.use((buffers) => buffers.fill(0, () => Promise.resolve(pool.subarray(100, 200))));
    await slots.use((buffers) =>
      buffers.fill(0, (into) => {
        expect(into.buffer).not.toBe(pool.buffer);
        return Promise.resolve(into);
      }),
    );
  });

  it('are free again after a failure', async () => {
    const slots = segmentSlots(1);
    await expect(slots.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await slots.use(() => Promise.resolve('next'))).toBe('next');
  });
});
