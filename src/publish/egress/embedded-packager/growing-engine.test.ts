import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../test/support/memory-source.js';
import { rendition, syntheticIndex, videoTrack } from '../../../../test/support/synthetic-index.js';
import { growingEngine } from './growing-engine.js';
import type { PackagingEngine } from './packaging-engine.js';

const source = memorySource({ 'v/1.ts': new Uint8Array(1000), 'v/2.ts': new Uint8Array(1000) });
const index = syntheticIndex(rendition({ uri: 'v', tracks: [videoTrack()], cuts: [[0, 4, 8]] }));
const inline: PackagingEngine = {
  concurrency: 1,
  index: () => Promise.resolve({ index, fingerprint: 'f' }),
  make: () => Promise.resolve({ bytesRead: 0, objects: [] }),
};

/** Starts take a moment; the first `broken` fail. */
function growing(broken = 0) {
  const pools = { started: 0, closed: 0 };
  const engine = growingEngine({
    inline,
    threshold: 2000,
    openSource: () => Promise.resolve(source),
    startThreads: async () => {
      pools.started += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (pools.started <= broken) throw new Error('no threads');
      return {
        ...inline,
        close: () => {
          pools.closed += 1;
          return Promise.resolve();
        },
      };
    },
  });
  return { engine, pools };
}

describe('an engine that grows', () => {
  it('starts one pool of threads, also when several large sources are indexed at once', async () => {
    const { engine, pools } = growing();
    await Promise.all([engine.index('a'), engine.index('b'), engine.index('c')]);
    expect(engine.concurrency).toBe(2);
    await engine.close();
    expect(pools).toEqual({ started: 1, closed: 1 });
  });

  it('closes threads that are still starting', async () => {
    const { engine, pools } = growing();
    const indexing = engine.index('a');
    await expect.poll(() => pools.started, { interval: 1 }).toBe(1);
    await engine.close();
    expect(pools.closed).toBe(1);
    await indexing;
  });

  it('tries again for the next source when threads could not start', async () => {
    const { engine, pools } = growing(1);
    await expect(engine.index('a')).rejects.toThrow('no threads');
    await engine.index('b');
    expect(pools.started).toBe(2);
  });
});
