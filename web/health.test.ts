import { describe, expect, it } from 'vitest';
import type { System } from '../src/api/contract';
import { findings } from './health';

const now = Date.parse('2026-11-28T12:00:00Z');
const queue = { name: 'endpoints', perProcess: 2, everywhere: null, waiting: 0, running: 0, oldestWaitingAt: null };
const system: System = {
  ...{ version: '1.0.0', node: 'v20', startedAt: '2026-11-28T00:00:00Z', database: 'server', storage: '/media' },
  checks: [{ name: 'database', ok: true, message: '' }],
  queues: [queue],
  workers: [{ id: 'w', host: 'a', pid: 1, seenAt: null, running: 0 }],
  disks: [{ path: '/media', free: 50e9, total: 100e9 }],
  tokens: [],
  zoom: { webhooks: true, validatedAt: '2026-11-26T12:00:00Z', sweep: null },
};

describe('what is not well', () => {
  it('is nothing while everything is', () => {
    expect(findings(system, now)).toEqual([]);
  });

  const cases: [string, Partial<System>][] = [
    ['storage: it refuses', { checks: [{ name: 'storage', ok: false, message: 'it refuses' }] }],
    ['disk low: 9 GB free at /media', { disks: [{ path: '/media', free: 9e9, total: 100e9 }] }],
    ['no worker gives a sign of life', { workers: [] }],
    [
      'Zoom has not validated the webhook address for four days',
      { zoom: { webhooks: true, validatedAt: '2026-11-24T11:59:00Z', sweep: null } },
    ],
    [
      'the last look through Zoom’s list failed',
      { zoom: { ...system.zoom!, sweep: { job: 'sweep:1', at: '2026-11-28T11:00:00Z', status: 'failed' } } },
    ],
    ['a job for endpoints has waited 2 h', { queues: [{ ...queue, oldestWaitingAt: '2026-11-28T10:00:00Z' }] }],
  ];
  it.each(cases)('is said: %s', (words, changes) => {
    expect(findings({ ...system, ...changes }, now)).toEqual([words]);
  });

  it('is not that an embedded database has no worker beside its own process', () => {
    expect(findings({ ...system, database: 'embedded', workers: [] }, now)).toEqual([]);
  });
});
