import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import type { Logger } from 'pino';

/** milliseconds between looks at the clock */
const lookEveryMs = 500;
/** milliseconds; by less than this the engine's looks into its queues are merely late. */
const steppedBackMs = 1000;

/**
 * Keeps jobs beginning when the clock is put back, as time services and hypervisors do: the engine plans its next look into the queues by the time of
 * day, and would not look again until the clock has caught up. Its planning begins anew then. To be called before the engine is launched.
 * @returns how to stop, before the engine does
 */
export function outliveClockSteps(log: Pick<Logger, 'warn'>): { stop: () => void } {
  const plan = wfQueueRunner.dispatchLoop.bind(wfQueueRunner);
  let stopped = false;
  let steppedBack = false;
  wfQueueRunner.dispatchLoop = async (...options) => {
    do {
      steppedBack = false;
      await plan(...options);
    } while (steppedBack && !stopped);
  };

  let before = clockBeyondTimer();
  const timer = setInterval(() => {
    const now = clockBeyondTimer();
    const back = before - now;
    before = now;
    if (back < steppedBackMs) return;
    log.warn({ seconds: Math.round(back / 1000) }, 'the clock was put back');
    steppedBack = true;
    wfQueueRunner.stop();
  }, lookEveryMs);
  timer.unref();
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
      Reflect.deleteProperty(wfQueueRunner, 'dispatchLoop');
    },
  };
}

/** milliseconds; constant but for steps of the clock */
function clockBeyondTimer(): number {
  return Date.now() - performance.now();
}
