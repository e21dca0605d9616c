import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cuttableLink, type CuttableLink } from '../support/cuttable-link.js';

/** A process of Reelway with its own wire to the database; killed, it is started again as a supervisor would. */
export interface Member {
  readonly role: 'serve' | 'worker';
  /** of the process that is there now */
  pid(): number | undefined;
  /** The API, when it serves and is ready. */
  url(): string | undefined;
  /** SIGKILL, then a new process. */
  kill(): Promise<void>;
  /** SIGSTOP, and SIGCONT after so many milliseconds. */
  freeze(ms: number): Promise<void>;
  /** Nothing passes between it and the database for so many milliseconds; neither is told. */
  cutOff(ms: number): Promise<void>;
  /** Its connections to the database are silent for ever, and new ones get through, as after a failover. */
  loseConnections(): void;
  /** Its clock is so many milliseconds ahead of the machine's from now on, until it is killed. */
  setClock(ms: number): void;
  /** SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
  /** SIGKILL, where it is still there, for good. */
  end(): Promise<void>;
}

export interface MemberOptions {
  readonly role: 'serve' | 'worker';
  readonly environment: Record<string, string>;
  /** of PostgreSQL, with the database's name */
  readonly databaseUrl: string;
  readonly skewMs: number;
}

/** For packaging threads as well. */
const loader = new URL('../support/load-typescript.mjs', import.meta.url).href;
const script = path.join(import.meta.dirname, 'process.ts');
/** milliseconds until a process that was told to stop is killed, as supervisors do */
const stopsWithin = 90_000;

export async function member({ role, environment, databaseUrl, skewMs }: MemberOptions): Promise<Member> {
  const through = new URL(databaseUrl);
  const link: CuttableLink = await cuttableLink({ host: through.hostname, port: Number(through.port) });
  through.port = String(link.port);
  const argument = JSON.stringify({ role, skewMs, environment: { ...environment, DATABASE_URL: through.href } });
  let url: string | undefined;
  let child = start();

  function start(): ChildProcess {
    url = undefined;
    const started = spawn(process.execPath, ['--import', loader, script, argument], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    let said = '';
    started.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      url ??= /^ready (\S+)/m.exec(said)?.[1];
    });
    return started;
  }
  return {
    role,
    pid: () => child.pid,
    url: () => url,
    async kill() {
      await killed(child);
      child = start();
    },
    async freeze(ms) {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await sleep(ms);
      frozen.kill('SIGCONT');
    },
    async cutOff(ms) {
      link.cut();
      await sleep(ms);
      link.mend();
    },
    loseConnections: () => link.lose(),
    // One that is just being killed is not told.
    setClock: (ms) => void child.send(ms, () => undefined),
    async stop() {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      const killing = setTimeout(() => child.kill('SIGKILL'), stopsWithin);
      child.kill('SIGTERM');
      const code = child.exitCode ?? (await ended)[0];
      clearTimeout(killing);
      await link.close();
      return code;
    },
    async end() {
      await killed(child);
      await link.close();
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await ended;
}
