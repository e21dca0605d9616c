import { expect, it } from 'vitest';
import type { System } from '../api/contract.js';
import { healthFindings } from './health-findings.js';

const now = Date.parse('2026-11-27T12:00:00Z');
const well: System = {
  ...{ version: '1.0.0', node: 'v24', startedAt: '2026-11-27T00:00:00Z', database: 'server', storage: 's3://b/' },
  checks: [{ name: 'database', ok: true, message: '' }],
  queues: [
    {
      name: 'assets',
      perProcess: 50,
      everywhere: null,
      waiting: 1,
      running: 0,
      oldestWaitingAt: '2026-11-27T11:30:00Z',
    },
  ],
  workers: [{ id: 'a', host: 'a', pid: 1, seenAt: '2026-11-27T12:00:00Z', running: 0 }],
  disks: [{ path: '/data', free: 50e9, total: 100e9 }],
  tokens: [],
  zoom: { webhooks: true, validatedAt: '2026-11-26T00:00:00Z', sweep: null },
};
const look = {
  ...{ now, served: true },
  written: {
    bytes: (bytes: number) => `${bytes / 1e9} GB`,
    duration: (milliseconds: number) => `${milliseconds / 60_000} min`,
  },
};

it('nothing is said of what is well', () => {
  expect(healthFindings(well, look)).toEqual([]);
});

it.each<[string, Partial<System>, string]>([
  ['a check', { checks: [{ name: 'storage', ok: false, message: 'no answer' }] }, 'storage: no answer'],
  [
    'a webhook that Zoom no longer validates',
    { zoom: { webhooks: true, validatedAt: '2026-11-22T00:00:00Z', sweep: null } },
    'Zoom has not validated the webhook address for four days',
  ],
  [
    'a failed look through its list',
    {
      zoom: {
        webhooks: false,
        validatedAt: null,
        sweep: { job: 'sweep:1', at: '2026-11-27T11:00:00Z', status: 'failed' },
      },
    },
    "the last look through Zoom's list failed",
  ],
  ['a full disk', { disks: [{ path: '/data', free: 5e9, total: 100e9 }] }, 'disk low: 5 GB free at /data'],
  ['no worker', { workers: [] }, 'no worker gives a sign of life'],
  [
    'a job that waits for hours',
    { queues: [{ ...well.queues[0]!, oldestWaitingAt: '2026-11-27T10:30:00Z' }] },
    'a job for assets has waited 90 min',
  ],
])('it is said of %s', (_, change, finding) => {
  expect(healthFindings({ ...well, ...change }, look)).toEqual([finding]);
});

it('a command that looks without a server is not told to have no workers', () => {
  expect(healthFindings({ ...well, workers: [] }, { ...look, served: false })).toEqual([]);
});

it('an embedded database has no worker beside its own process', () => {
  expect(healthFindings({ ...well, database: 'embedded', workers: [] }, look)).toEqual([]);
});
