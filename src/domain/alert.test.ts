import { describe, expect, it } from 'vitest';
import { alertChanges, type FoundAlert, type FoundAlerts, type KnownAlert } from './alert.js';

const minute = 60_000;
const opencast = { subject: 'Opencast', what: 'Opencast does not answer' };
const found = (...alerts: FoundAlert[]): FoundAlerts => new Map([['unreachable', alerts]]);
const known = (change: Partial<KnownAlert> = {}): KnownAlert => ({
  kind: 'unreachable',
  ...opencast,
  since: 0,
  toldAt: null,
  ...change,
});

describe('an alert', () => {
  it('is noted at once and told when it has lasted as long as its kind says', () => {
    expect(alertChanges([], found(opencast), 0)).toEqual({ begun: [known()], raised: [], over: [], forgotten: [] });
    expect(alertChanges([known()], found(opencast), 3 * minute - 1).raised).toEqual([]);
    expect(alertChanges([known()], found(opencast), 3 * minute).raised).toEqual([known()]);
  });

  it('is told once', () => {
    expect(alertChanges([known({ toldAt: 5 })], found(opencast), 60 * minute)).toEqual({
      begun: [],
      raised: [],
      over: [],
      forgotten: [],
    });
  });

  it('is over when a look does not find it, and stays when there was no look', () => {
    expect(alertChanges([known()], found(), 1).over).toEqual([known()]);
    expect(alertChanges([known()], new Map(), 1).over).toEqual([]);
  });

  it('that is past is forgotten, which is no good end, and nothing new', () => {
    const past = found({ ...opencast, past: true });
    expect(alertChanges([known({ toldAt: 5 })], past, 9)).toEqual({
      ...{ begun: [], raised: [], over: [] },
      forgotten: [known({ toldAt: 5 })],
    });
    expect(alertChanges([], past, 9)).toEqual({ begun: [], raised: [], over: [], forgotten: [] });
  });

  it('that needs no patience is told at once', () => {
    const stale: FoundAlerts = new Map([['webhook_stale', [{ subject: 'webhook', what: 'stale' }]]]);
    expect(alertChanges([], stale, 7).raised).toEqual([
      { kind: 'webhook_stale', subject: 'webhook', what: 'stale', since: 7, toldAt: null },
    ]);
  });
});
