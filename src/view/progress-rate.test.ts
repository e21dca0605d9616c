import { describe, expect, it } from 'vitest';
import { rateMeter } from './progress-rate.js';

const sample = (at: number, done: number, bytes?: number) => ({ at, done, total: 100, bytes });

describe('the rate of something', () => {
  it('is not known before it was seen twice, and is that of the last 15 seconds', () => {
    const meter = rateMeter();
    expect(meter.rate('a')).toBeUndefined();
    meter.add('a', sample(0, 0, 0));
    expect(meter.rate('a')).toBeUndefined();
    meter.add('a', sample(5000, 10, 1000));
    expect(meter.rate('a')).toEqual({ perSecond: 2, bytesPerSecond: 200, timeLeft: 45_000 });
    meter.add('a', sample(20_000, 25, 4000));
    expect(meter.rate('a')).toEqual({ perSecond: 1, bytesPerSecond: 200, timeLeft: 75_000 });
    expect(meter.rate('b')).toBeUndefined();
  });

  it('is that of now, however often it was told in between', () => {
    const meter = rateMeter();
    for (let at = 0; at <= 1000; at += 10) meter.add('a', sample(at, at / 100));
    expect(meter.rate('a')).toEqual({ perSecond: 10, bytesPerSecond: undefined, timeLeft: 9000 });
  });

  it('counts anew what begins anew, and forgets what ended', () => {
    const meter = rateMeter();
    meter.add('a', sample(0, 90));
    meter.add('a', sample(1000, 0));
    expect(meter.rate('a')).toBeUndefined();
    meter.add('a', sample(2000, 5));
    expect(meter.rate('a')?.perSecond).toBe(5);
    meter.forget('a');
    meter.add('a', sample(3000, 10));
    expect(meter.rate('a')).toBeUndefined();
  });

  it('leaves out what is told late', () => {
    const meter = rateMeter();
    meter.add('a', sample(0, 0));
    meter.add('a', sample(2000, 20));
    meter.add('a', sample(1000, 5));
    expect(meter.rate('a')?.perSecond).toBe(10);
  });

  it('has no time left while nothing moves', () => {
    const meter = rateMeter();
    meter.add('a', sample(0, 5));
    meter.add('a', sample(1000, 5));
    expect(meter.rate('a')).toEqual({ perSecond: 0, bytesPerSecond: undefined, timeLeft: undefined });
  });
});
