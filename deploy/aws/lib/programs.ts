import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs run: those of the project are found behind what PATH has. */
export interface Place {
  readonly folder: string;
  readonly environment: Environment;
}

/** Runs a program for people to watch. @throws Error when it fails */
export async function run(program: string, parameters: readonly string[], place: Place): Promise<void> {
  const child = spawn(program, [...parameters], { ...options(place), stdio: 'inherit' });
  const [code] = (await once(child, 'exit').catch(missing(program))) as [number | null];
  if (code !== 0) throw new Error(`${program} ${parameters[0] ?? ''} ended with ${code}.`);
}

/** Runs a program for what it answers. */
export async function ask(
  program: string,
  parameters: readonly string[],
  place: Place,
): Promise<{ readonly ok: boolean; readonly answer: string; readonly complaint: string }> {
  const child = spawn(program, [...parameters], { ...options(place), stdio: ['ignore', 'pipe', 'pipe'] });
  const [answer, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close').catch(missing(program)) as Promise<[number | null]>,
  ]);
  return { ok: code === 0, answer: answer.trim(), complaint: complaint.trim() };
}

function options({ folder, environment }: Place) {
  const own = path.resolve(import.meta.dirname, '../node_modules/.bin');
  return { cwd: folder, env: { ...environment, PATH: `${environment.PATH ?? ''}${path.delimiter}${own}` } };
}

function missing(program: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`${program} could not be started: ${(error as Error).message}`);
  };
}
