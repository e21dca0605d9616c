import type { System } from '../src/api/contract';
import { formatBytes, formatDuration } from './format';

/** below this share of free space a disk is low */
export const lowDisk = 0.1;
/** milliseconds: Zoom validates every three days and stops sending when that fails */
const staleValidation = 4 * 86_400_000;
/** milliseconds that a job may wait for a place before somebody should look */
const longWait = 3_600_000;

export function isStale(validatedAt: string | null, now = Date.now()): boolean {
  return validatedAt !== null && now - Date.parse(validatedAt) > staleValidation;
}

/** Everything that is not well, in words. */
export function findings({ checks, zoom, disks, workers, queues, database }: System, now: number): readonly string[] {
  return [
    ...checks.filter(({ ok }) => !ok).map(({ name, message }) => `${name}: ${message}`),
    ...(zoom && isStale(zoom.validatedAt, now) ? ['Zoom has not validated the webhook address for four days'] : []),
    ...(zoom?.sweep?.status === 'failed' ? ['the last look through Zoom’s list failed'] : []),
    ...disks
      .filter(({ free, total }) => free < total * lowDisk)
      .map(({ path, free }) => `disk low: ${formatBytes(free)} free at ${path}`),
    ...(database === 'server' && workers.length === 0 ? ['no worker gives a sign of life'] : []),
    ...queues.flatMap(({ name, oldestWaitingAt }) => {
      const waited = oldestWaitingAt === null ? 0 : now - Date.parse(oldestWaitingAt);
      return waited > longWait ? [`a job for ${name} has waited ${formatDuration(waited)}`] : [];
    }),
  ];
}
