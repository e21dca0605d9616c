import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, vi } from 'vitest';

export const projectRoot = path.resolve(import.meta.dirname, '../..');
const program = path.join(projectRoot, 'bin/reelway.js');

export interface CommandResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Prefix that runs the command, e.g. with limits. */
  readonly through?: readonly string[];
  /** milliseconds */
  readonly timeout?: number;
}

/**
 * Runs the real command line: `bin/reelway.js` on what `npm run build` made (global-setup.ts builds anew when it is stale), with an
 * environment free of settings of whoever runs the tests.
 */
export async function reelway(parameters: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [command, ...rest] = [...(options.through ?? []), process.execPath, program, ...parameters];
  const child = spawn(command!, rest, {
    cwd: options.cwd ?? projectRoot,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeout ?? 120_000,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

/** Commands that stay until they are ended, as `serve` does. */
export interface RunningCommands {
  /** Starts one. @returns when it has said `ready`, with the first group of that */
  start(command: string, ready: RegExp, env: Record<string, string>): Promise<{ child: ChildProcess; said: string }>;
  /** Ends those that are left, also what never got ready. */
  kill(): void;
}

export function runningReelway(): RunningCommands {
  const processes: ChildProcess[] = [];
  return {
    async start(command, ready, env) {
      const child = spawn(process.execPath, [program, command], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      processes.push(child);
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      await vi.waitFor(() => expect(output).toMatch(ready), { timeout: 60_000 });
      return { child, said: ready.exec(output)?.[1] ?? '' };
    },
    kill() {
      for (const child of processes) child.kill('SIGKILL');
    },
  };
}
