import { setTimeout as sleep } from 'node:timers/promises';

/**
 * One process of a chaos run: `reelway serve` or `reelway worker` as the commands start them, with times that suit a run of minutes and a clock that is
 * wrong, and is set by each message. Its argument is JSON. Says `ready <url>`; stops at SIGTERM.
 */
const { role, environment, skewMs } = JSON.parse(process.argv[2] ?? '') as {
  readonly role: 'serve' | 'worker';
  readonly environment: Record<string, string>;
  /** milliseconds that its clock is ahead of the machine's, at first */
  readonly skewMs: number;
};
let ahead = skewMs;
skewClock();
// Set again while it works. Whoever listens would keep the process from ending.
process.on('message', (milliseconds: number) => (ahead = milliseconds)).channel?.unref();
// After the clock is set: nothing of ours has looked at it before.
const { readConfig } = await import('../../src/config/config.js');
const { startServer } = await import('../../src/cli/serve.js');
const { openServices } = await import('../../src/wiring.js');
const { openLog } = await import('../../src/log.js');

const recordingsTimes = {
  patience: { attempts: 1000, pauseMs: 50, longestPauseMs: 1000 },
  follow: { firstPauseMs: 50, longestPauseMs: 500, patienceMs: 3_600_000 },
  settleMs: 1000,
};
const stopAsked = new Promise<void>((resolve) => process.once('SIGTERM', resolve));

const { url, stop } = await startPatiently();
process.stdout.write(`ready ${url}\n`);
await stopAsked;
await stop();

/** A database that has just crashed refuses whoever comes: a supervisor would start the process again, and so do we. */
async function startPatiently(): Promise<{ url: string; stop: () => Promise<void> }> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      process.stderr.write(`${role} does not start yet: ${String(error)}\n`);
      await sleep(500);
    }
  }
}

async function start(): Promise<{ url: string; stop: () => Promise<void> }> {
  const config = readConfig(environment);
  const log = openLog({ level: config.LOG_LEVEL });
  if (role === 'serve') {
    const server = await startServer({ config, environment }, log, { recordingsTimes });
    return { url: server.url, stop: () => server.stop() };
  }
  const publicUrl = () => config.REELWAY_PUBLIC_URL ?? '';
  const services = await openServices({ config, environment, log, publicUrl, recordingsTimes, onLost: () => {} });
  return { url: '-', stop: () => services.close() };
}

function skewClock(): void {
  const RealDate = Date;
  const now = () => RealDate.now() + ahead;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: unknown[]) => Reflect.construct(target, given.length === 0 ? [now()] : given) as Date,
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
  });
}
