import { Command } from 'commander';
import type { GroupValidation, PackagingGroup } from '../api/contract/packaging.js';
import { Failure } from '../domain/failure.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { EndWith, exitCode } from './exit-code.js';
import { identifier } from './option-values.js';
import { tableLines } from './table.js';
import { readJson } from './vod-request.js';
import { withExamples } from './with-examples.js';

interface JsonOption {
  readonly json?: true;
}

/** Packaging groups: what is made of an asset. */
export function groupsCommand(context: CommandContext): Command {
  const command = new Command('groups')
    .description('Looks at packaging groups and changes them. docs/packaging-configuration.md has every field.')
    .addHelpText('after', examples);
  command
    .command('list')
    .description('The packaging groups, and what each makes of an asset.')
    .option('--json', 'print JSON')
    .addHelpText('after', withExamples('reelway groups list'))
    .action((options: JsonOption) => withGroups(context, (api) => list(context, api, options)));
  command
    .command('show')
    .description('The configurations of a group; with --json its file, to be changed and stored again.')
    .argument('<id>', 'of the group', identifier)
    .option('--json', 'print the file')
    .addHelpText(
      'after',
      withExamples('reelway groups show lectures', 'reelway groups show lectures --json > lectures.json'),
    )
    .action((id: string, options: JsonOption) => withGroups(context, (api) => show(context, api, id, options)));
  command
    .command('validate')
    .description(
      'Says everything that is wrong with a file, or that this server cannot honour; ends with 1 if there is any.',
    )
    .argument('<file>', 'configurations of MediaPackage VOD; - reads standard input')
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', withExamples('reelway groups validate examples/packaging-group.json'))
    .action((file: string, options: JsonOption) => withGroups(context, (api) => validate(context, api, file, options)));
  command
    .command('put')
    .description('Makes a group of a file, or replaces it; nothing is stored of what this server cannot honour.')
    .argument('<id>', 'of the group', identifier)
    .argument('<file>', 'configurations of MediaPackage VOD; - reads standard input')
    .option('--json', 'print the group as JSON')
    .addHelpText('after', withExamples('reelway groups put lectures examples/packaging-group.json'))
    .action((id: string, file: string, options: JsonOption) =>
      withGroups(context, (api) => put(context, api, { id, file, ...options })),
    );
  return command;
}

const examples = `
Examples:
  reelway groups list
  reelway groups show lectures --json > lectures.json
  reelway groups validate lectures.json
  reelway groups put lectures lectures.json`;

/** Groups are files, which may be there before anything else. */
function withGroups<T>(context: CommandContext, use: (api: ApiDoor) => Promise<T>): Promise<T> {
  return withApi(context, use, { creates: true });
}

const groupPath = (id: string) => `/api/packaging-groups/${encodeURIComponent(id)}`;

async function list({ terminal }: CommandContext, api: ApiDoor, { json }: JsonOption): Promise<void> {
  const ids = await api.get<readonly string[]>('/api/packaging-groups');
  const groups = await Promise.all(ids.map((id) => api.get<PackagingGroup>(groupPath(id)).catch(whatIsWrong(id))));
  if (json) return terminal.printJson(groups);
  if (groups.length === 0) return terminal.say('There is none yet: `reelway groups put` makes one.');
  const lines = tableLines(groups, [
    { title: 'GROUP', value: ({ id }) => id },
    { title: 'MAKES', value: (group) => ('problem' in group ? group.problem : madeBy(group)) },
  ]);
  for (const line of lines) terminal.print(line);
}

/** A file that is none hides no others. */
function whatIsWrong(id: string) {
  return (error: unknown): { id: string; problem: string } => {
    if (error instanceof Failure && error.code === 'configuration_invalid') return { id, problem: error.message };
    throw error;
  };
}

function madeBy({ configurations }: PackagingGroup): string {
  if (configurations.length === 0) return 'what MediaPackage says';
  return configurations.map((each) => `${each.Id}: ${packageOf(each)}`).join(', ');
}

function packageOf(configuration: PackagingGroup['configurations'][number]): string {
  return Object.keys(configuration).find((key) => key.endsWith('Package')) ?? '';
}

async function show({ terminal }: CommandContext, api: ApiDoor, id: string, { json }: JsonOption): Promise<void> {
  const { configurations, file } = await api.get<PackagingGroup>(groupPath(id));
  if (json) return terminal.printJson(file);
  if (configurations.length === 0) return terminal.say('Its configurations are MediaPackage’s own.');
  for (const configuration of configurations) {
    terminal.print(`${configuration.Id}: ${packageOf(configuration)}`);
    for (const line of JSON.stringify(configuration, undefined, 2).split('\n')) terminal.print(`  ${line}`);
  }
}

async function validate(context: CommandContext, api: ApiDoor, file: string, { json }: JsonOption): Promise<void> {
  const { terminal } = context;
  const verdict = await verdictOf(api, await readJson(file, context.cwd, 'configuration_invalid'));
  if (json) terminal.printJson(verdict);
  else for (const line of verdictLines(verdict)) terminal.print(line);
  if (!verdict.valid) throw new EndWith(exitCode.failed);
}

function verdictOf(api: ApiDoor, file: object): Promise<GroupValidation> {
  return api.send<GroupValidation>('POST', '/api/packaging-groups/validate', file);
}

function verdictLines({ valid, problems, configurations }: GroupValidation): readonly string[] {
  if (!valid) return problems;
  return ['This server can honour all of it.', ...configurations.map(({ id, type }) => `${id}: ${type}`)];
}

interface Put extends JsonOption {
  readonly id: string;
  readonly file: string;
}

async function put(context: CommandContext, api: ApiDoor, { id, file, json }: Put): Promise<void> {
  const { terminal, cwd } = context;
  const content = await readJson(file, cwd, 'configuration_invalid');
  const { valid, problems } = await verdictOf(api, content);
  if (!valid)
    throw new Failure('configuration_invalid', `The group ${id} is left as it is: ${file} has problems.`, {
      details: { problems },
    });
  const group = await api.send<PackagingGroup>('PUT', groupPath(id), content);
  if (json) return terminal.printJson(group);
  terminal.print(`${id} is stored: ${madeBy(group)}.`);
}
