import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import type { CommandContext } from './command-context.js';

export interface LoadedSettings {
  readonly config: Config;
  readonly environment: Environment;
}

/**
 * Settings for a command that needs them all: environment and `.env`, with what the command line says on top.
 * Names that look like ours and are not are pointed out.
 * @throws Failure invalid_settings that lists every problem
 */
export async function loadSettings(
  { terminal, env, cwd }: CommandContext,
  overrides: Environment = {},
): Promise<LoadedSettings> {
  // Loaded here: `--help` of a command needs none of it.
  const { readConfig, unknownNames } = await import('../config/config.js');
  const { handOnLibraryVariables, readEnvironment } = await import('../config/environment.js');
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const environment = { ...readEnvironment(cwd, env), ...given };
  handOnLibraryVariables(environment, process.env);
  for (const hint of unknownNames(environment)) terminal.say(`${terminal.paint('yellow', 'note:')} ${hint}`);
  return { config: readConfig(environment), environment };
}
