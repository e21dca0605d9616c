import type { Command } from './command.js';
import { ask, type Place } from './programs.js';

/** What a stack runs and what it ran before; the stack itself remembers it, as its outputs `Version` and `PreviousVersion`. */
export interface StackVersions {
  readonly version: string;
  readonly previous: string | undefined;
}

/** @returns undefined: the stack is not there yet @throws Error with what AWS says otherwise */
export async function versionsOf(stack: string, place: Place): Promise<StackVersions | undefined> {
  const query = ['cloudformation', 'describe-stacks', '--stack-name', stack, '--output', 'json'];
  const { ok, answer, complaint } = await ask('aws', query, place);
  if (!ok && /does not exist/.test(complaint)) return undefined;
  if (!ok) throw new Error(`AWS does not say what the stack ${stack} runs: ${complaint}`);
  const { Stacks: stacks } = JSON.parse(answer) as {
    Stacks: { Outputs?: { OutputKey: string; OutputValue: string }[] }[];
  };
  const outputs = new Map((stacks[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
  const version = outputs.get('Version');
  // One that never came up has no outputs.
  return version === undefined ? undefined : { version, previous: outputs.get('PreviousVersion') };
}

/**
 * What the stack is to run after a command.
 * @param first REELWAY_VERSION
 * @throws Error where there is none
 */
export function versionsAfter(
  { name, version: asked }: Pick<Command, 'name' | 'version'>,
  running: StackVersions | undefined,
  first: string | undefined,
): StackVersions {
  const keeps = name === 'deploy' || name === 'diff';
  const wanted = keeps ? (running?.version ?? first) : (asked ?? running?.previous);
  if (wanted === undefined || wanted === '')
    throw new Error(
      keeps
        ? 'REELWAY_VERSION: the version that a new stack begins with; given: nothing'
        : 'There is no version before the one that runs: say which.',
    );
  if (wanted === running?.version) return running;
  return { version: wanted, previous: running?.version };
}
