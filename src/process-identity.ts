import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Which process, beyond its number: numbers are used again, a number together with the start time is not.
 * `space` says where the number means something: another container or machine on the same volume has numbers of its own.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: kernel ticks since boot on Linux, `ps` start time elsewhere; empty when the system does not tell. */
  readonly started: string;
  /** Opaque: machine, boot and process-number namespace. */
  readonly space: string;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startTimeOf(process.pid) ?? '', space: processSpace() };
}

/** The process that has this number here and now; undefined when there is none. */
export function runningAs(pid: number): ProcessIdentity | undefined {
  try {
    process.kill(pid, 0); // signal 0: only asks
  } catch (error) {
    // EPERM: it exists, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  const started = startTimeOf(pid);
  return started === undefined ? undefined : { pid, started, space: processSpace() };
}

/** `unknown` when the process belongs to another machine, boot-namespace or container, so that its number cannot be looked up here. */
export function isAlive({ pid, started, space }: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (space !== processSpace()) return 'unknown';
  const running = runningAs(pid);
  if (!running) return 'dead';
  return started === '' || running.started === '' || started === running.started ? 'alive' : 'dead';
}

/** undefined when there is no such process, or only its corpse (a zombie holds nothing open any more). */
function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // proc(5): the command in parentheses may hold spaces; state is field 3, starttime field 22.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5000 }).trim();
  } catch (error) {
    // ps answers 1 for "no such process"; a system without ps tells nothing.
    return (error as { status?: number | null }).status === 1 ? undefined : '';
  }
}

let space: string | undefined;

function processSpace(): string {
  space ??= [hostname(), ...linuxSpace()].join(' ');
  return space;
}

function linuxSpace(): string[] {
  try {
    return [readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(), readlinkSync('/proc/self/ns/pid')];
  } catch {
    return [];
  }
}
