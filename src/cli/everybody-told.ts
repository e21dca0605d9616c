import { setTimeout as sleep } from 'node:timers/promises';

/** milliseconds that this process waits for notices before it leaves them to the next start */
const patience = 10_000;
/** milliseconds */
const pollInterval = 100;

/** The jobs that tell somebody, as far as they have not ended. */
export const tellingJobs = { kind: ['tell'], status: ['queued', 'running'], parent: 'any', limit: 1 } as const;

/**
 * Waits until everybody was told, as far as that works at once.
 * @param isTelling are there `tellingJobs`?
 * @throws the signal's reason
 */
export async function everybodyTold(isTelling: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && (await isTelling())) await sleep(pollInterval, undefined, { signal });
}
