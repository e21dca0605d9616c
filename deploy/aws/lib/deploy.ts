import path from 'node:path';
import { readCommand, type Command } from './command.js';
import { run, type Environment } from './programs.js';
import { isReleased, release } from './release.js';
import { remove } from './remove.js';
import { readStages, type Stages } from './stages.js';
import { versionsAfter, versionsOf, type StackVersions } from './stack-versions.js';

export interface Surroundings {
  /** deploy/aws; the repository lies two above */
  readonly folder: string;
  readonly variables: Environment;
  /** Asks somebody to type the name of a stack. */
  readonly confirm: (stack: string) => Promise<string>;
  readonly say: (line: string) => void;
}

/** Does what the words of a command line ask for. @throws Error that says what is wrong */
export async function deploy(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const command = readCommand(words);
  const stages = readStages(surroundings.folder, surroundings.variables);
  const { name, version } = command;
  if (name === 'release') {
    await released(version!, stages, surroundings);
    if (!stages.staging) return surroundings.say(`${version} is released: promote it.`);
  }
  const environment = command.staging ? stages.staging : stages.production;
  if (!environment) throw new Error('There is no staging stack: deploy/aws/.env.staging says what is other for it.');
  const stack = needed(environment, 'STACK_NAME', 'the name of the stack');
  await confirmed(command, stack, surroundings);
  if (name === 'destroy') return remove(stack, { folder: surroundings.folder, environment });
  const running = await versionsOf(stack, { folder: surroundings.folder, environment });
  const next = versionsAfter(command, running, environment.REELWAY_VERSION);
  if (name === 'promote' || name === 'rollback') await refuseUnreleased(next.version, environment, surroundings);
  surroundings.say(said(stack, running, next));
  await run('cdk', cdkArguments[name], {
    folder: surroundings.folder,
    environment: {
      ...environment,
      REELWAY_VERSION: next.version,
      REELWAY_PREVIOUS_VERSION: next.previous ?? '',
    },
  });
}

const brings = ['deploy', '--require-approval', 'broadening'] as const;
const cdkArguments: Readonly<Record<Exclude<Command['name'], 'destroy'>, readonly string[]>> = {
  ...{ release: brings, promote: brings, rollback: brings, deploy: brings },
  diff: ['diff'],
};

function repository({ folder }: Surroundings): string {
  return path.resolve(folder, '../..');
}

async function released(version: string, { production }: Stages, surroundings: Surroundings): Promise<void> {
  const image = needed(production, 'REELWAY_IMAGE', 'the repository of the image');
  await release(image, version, { folder: repository(surroundings), environment: production });
}

async function refuseUnreleased(version: string, environment: Environment, surroundings: Surroundings): Promise<void> {
  const image = needed(environment, 'REELWAY_IMAGE', 'the repository of the image');
  if (await isReleased(image, version, { folder: repository(surroundings), environment })) return;
  throw new Error(`${image} has no ${version}: release it first.`);
}

/** A production stack, and every destroy, is not for a slip of the hand. */
async function confirmed({ name, confirmed: given }: Command, stack: string, { confirm }: Surroundings): Promise<void> {
  const isGuarded = name === 'destroy' || (name !== 'diff' && /prod/i.test(stack));
  if (isGuarded && (given ?? (await confirm(stack))) !== stack)
    throw new Error('That is not the name of the stack: nothing was done.');
}

function needed(environment: Environment, name: string, what: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`${name}: ${what}; given: nothing`);
}

function said(stack: string, running: StackVersions | undefined, { version }: StackVersions): string {
  if (!running) return `${stack} is new and begins with ${version}.`;
  return running.version === version ? `${stack} stays at ${version}.` : `${stack}: ${running.version} to ${version}.`;
}
