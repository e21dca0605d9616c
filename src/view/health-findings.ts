import type { Quantities } from './quantities.js';

/** What is known of a system, as `/api/system` says it. */
export interface SystemHealth {
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly message: string }[];
  readonly zoom: { readonly validatedAt: string | null; readonly sweep: { readonly status: string } | null } | null;
  /** bytes */
  readonly disks: readonly { readonly path: string; readonly free: number; readonly total: number }[];
  readonly workers: readonly unknown[];
  readonly queues: readonly { readonly name: string; readonly oldestWaitingAt: string | null }[];
  readonly database: 'embedded' | 'server';
}

/** below this share of free space a disk is low */
export const lowDisk = 0.1;
/** milliseconds: Zoom validates every three days and stops sending when that fails */
const staleValidation = 4 * 86_400_000;
/** milliseconds that a job may wait for a place before somebody should look */
const longWait = 3_600_000;

/** Is it too long ago that Zoom validated the address of webhooks? */
export function isStale(validatedAt: string | null, now: number): boolean {
  return validatedAt !== null && now - Date.parse(validatedAt) > staleValidation;
}

interface Look {
  /** milliseconds since 1970 */
  readonly now: number;
  /** Somebody should work on jobs: a server answered, or is at work on the same database. */
  readonly served: boolean;
  readonly written: Pick<Quantities, 'bytes' | 'duration'>;
}

/** Everything that is not well, in words. */
export function healthFindings(
  { checks, zoom, disks, workers, queues, database }: SystemHealth,
  { now, served, written }: Look,
): string[] {
  return [
    ...checks.filter(({ ok }) => !ok).map(({ name, message }) => `${name}: ${message}`),
    ...(zoom && isStale(zoom.validatedAt, now) ? ['Zoom has not validated the webhook address for four days'] : []),
    ...(zoom?.sweep?.status === 'failed' ? ["the last look through Zoom's list failed"] : []),
    ...disks
      .filter(({ free, total }) => free < total * lowDisk)
      .map(({ path, free }) => `disk low: ${written.bytes(free)} free at ${path}`),
    ...(served && database === 'server' && workers.length === 0 ? ['no worker gives a sign of life'] : []),
    ...queues.flatMap(({ name, oldestWaitingAt }) => {
      const waited = oldestWaitingAt === null ? 0 : now - Date.parse(oldestWaitingAt);
      return waited > longWait ? [`a job for ${name} has waited ${written.duration(waited)}`] : [];
    }),
  ];
}
