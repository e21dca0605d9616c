import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './programs.js';
import { predecessorsStateMachine } from './parameters.js';

/** Parameters of the two stacks: the process's variables before those of the files. */
export interface Stages {
  readonly production: Environment;
  /** undefined: there is no `.env.staging` */
  readonly staging: Environment | undefined;
}

/** What two stacks of one account and region cannot share, with what it is where nobody says. */
const distinct = { STACK_NAME: '', REELWAY_DOMAIN: '', STATE_MACHINE_NAME: predecessorsStateMachine } as const;

/** @throws Error when the staging stack would be the production stack, or take something of it */
export function readStages(folder: string, variables: Environment): Stages {
  const usual = readFile(path.join(folder, '.env'));
  const other = readFile(path.join(folder, '.env.staging'));
  const production = { ...usual, ...variables };
  if (other === undefined) return { production, staging: undefined };
  const staging = { ...usual, ...other, ...variables };
  const shared = Object.entries(distinct).filter(
    ([name, standard]) => (staging[name] || standard) === (production[name] || standard),
  );
  if (shared.length > 0)
    throw new Error(`.env.staging has to say another ${shared.map(([name]) => name).join(', ')} than .env.`);
  return { production, staging };
}

function readFile(file: string): Environment | undefined {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : undefined;
}
