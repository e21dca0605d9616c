import { describe, expect, it } from 'vitest';
import { queueSettings } from './queue-settings.js';

describe('REELWAY_QUEUE_LIMITS', () => {
  const read = (text: string) => queueSettings.REELWAY_QUEUE_LIMITS.schema.safeParse(text);

  it('names queues with their places in one process and, where wanted, on all machines', () => {
    expect(read('endpoints=4, notices=10/30').data).toEqual({
      endpoints: { perProcess: 4 },
      notices: { perProcess: 10, everywhere: 30 },
    });
    expect(read('').data).toEqual({});
  });

  it.each([
    'endpoints',
    'endpoints=0',
    'endpoints=-1',
    'endpoints=2/0',
    'endpoints=10001',
    'nobody=2',
    'toString=2',
    'endpoints=1,endpoints=2',
  ])('refuses %s', (text) => {
    expect(read(text).success).toBe(false);
  });
});

describe('REELWAY_DRAIN_SECONDS', () => {
  it('is a whole number of seconds up to a day', () => {
    const { schema } = queueSettings.REELWAY_DRAIN_SECONDS;
    expect(['0', '86400'].map((text) => schema.parse(text))).toEqual([0, 86_400]);
    for (const text of ['-1', '1.5', '86401', '20s', '']) expect(schema.safeParse(text).success).toBe(false);
  });
});
