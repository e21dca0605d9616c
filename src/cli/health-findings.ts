import type { System } from '../api/contract.js';
import { formatBytes, formatDuration } from './quantity.js';

/** below this share of free space a disk is low */
const lowDisk = 0.1;
/** milliseconds: Zoom validates every three days and stops sending when that fails */
const staleValidation = 4 * 86_400_000;
/** milliseconds that a job may wait for a place before somebody should look */
const longWait = 3_600_000;

export function isStale(validatedAt: string | null, now: number): boolean {
  return validatedAt !== null && now - Date.parse(validatedAt) > staleValidation;
}

/** Everything that is not well, in words; as the dashboard judges it. @param served somebody works on jobs */
export function healthFindings(
  { checks, zoom, disks, workers, queues, database }: System,
  now: number,
  { served }: { readonly served: boolean },
): string[] {
  return [
    ...checks.filter(({ ok }) => !ok).map(({ name, message }) => `${name}: ${message}`),
    ...(zoom && isStale(zoom.validatedAt, now) ? ['Zoom has not validated the webhook address for four days'] : []),
    ...(zoom?.sweep?.status === 'failed' ? ["the last look through Zoom's list failed"] : []),
    ...disks
      .filter(({ free, total }) => free < total * lowDisk)
      .map(({ path, free }) => `disk low: ${formatBytes(free)} free at ${path}`),
    ...(served && database === 'server' && workers.length === 0 ? ['no worker gives a sign of life'] : []),
    ...queues.flatMap(({ name, oldestWaitingAt }) => {
      const waited = oldestWaitingAt === null ? 0 : now - Date.parse(oldestWaitingAt);
      return waited > longWait ? [`a job for ${name} has waited ${formatDuration(waited)}`] : [];
    }),
  ];
}
