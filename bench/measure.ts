import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export interface Measurement {
  /** wall clock, from start to end of the process */
  readonly seconds: number;
  /** user and system time of the process and everything it started */
  readonly cpuSeconds: number;
  /** largest resident set of any process of the tree, as the kernel kept it (VmHWM) */
  readonly peakMiB: number;
}

/** milliseconds between two looks at the kernel's high-water mark; what grows in the last one is missed */
const lookInterval = 10;

/** Runs a command to its end; bash's `time` adds up the processor time of the tree. @throws when the command fails */
export async function measure(command: readonly string[]): Promise<Measurement> {
  const timed = ['-c', 'TIMEFORMAT="%R %U %S"; time "$@"', 'bash', ...command];
  const child = spawn('bash', timed, { stdio: ['ignore', 'ignore', 'pipe'], env: plainEnvironment() });
  let peakMiB = 0;
  const looking = setInterval(() => {
    for (const pid of descendantsOf(child.pid ?? 0)) peakMiB = Math.max(peakMiB, highWaterMiB(pid));
  }, lookInterval);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  clearInterval(looking);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${said}`);
  const [seconds = 0, user = 0, system = 0] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds, cpuSeconds: user + system, peakMiB };
}

/** Without the machine's own certificates, which cost each start of Node 0.03 s of the processor where they are set; nothing that is measured asks for them. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS'));
}

function descendantsOf(pid: number): number[] {
  const children = tryRead(`/proc/${pid}/task/${pid}/children`).trim();
  const direct = children === '' ? [] : children.split(' ').map(Number);
  // Children may hang below any thread of their parent, as with libuv.
  const threads = direct.length > 0 ? [] : otherThreads(pid);
  const all = [...direct, ...threads.flatMap((thread) => numbersIn(tryRead(`/proc/${pid}/task/${thread}/children`)))];
  return all.flatMap((child) => [child, ...descendantsOf(child)]);
}

function otherThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).filter((thread) => Number(thread) !== pid);
  } catch {
    return [];
  }
}

function numbersIn(line: string): number[] {
  return line.split(' ').filter(Boolean).map(Number);
}

function highWaterMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(tryRead(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** A process may end between two looks. */
function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}
