import type { Logger } from 'pino';

const hourMs = 3600_000;

/**
 * Starts something once in every hour, the present one included. All processes name the hour alike, so a job that has it in its id is one for all
 * of them.
 * @param start with `2026-11-22T14`
 */
export function everyHour(start: (hour: string) => Promise<unknown>, log: Logger): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    const hour = new Date().toISOString().slice(0, 13);
    start(hour).catch((error: unknown) => log.warn({ err: error, hour }, 'the work of the hour could not be started'));
    timer = setTimeout(run, hourMs - (Date.now() % hourMs)).unref();
  };
  run();
  return { stop: () => clearTimeout(timer) };
}
