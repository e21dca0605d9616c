import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../src/cli/command-context.js';
import type { CompletedCommand } from '../src/cli/completion-scripts.js';
import { describeCommands } from '../src/cli/completion.js';
import { loadAll } from '../src/cli/program.js';
import { openTerminal } from '../src/cli/terminal.js';
import { allSettings } from '../src/config/config.js';
import { generatedPages } from '../docs/generate.js';

const pages = await generatedPages();

it.each([...pages.keys()])('docs/%s says what the code says (else: npm run docs)', async (name) => {
  const written = await readFile(path.join(import.meta.dirname, '../docs', name), 'utf8');
  expect(written).toBe(pages.get(name));
});

describe('what README and docs name exists', async () => {
  const root = path.join(import.meta.dirname, '..');
  const files = [
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    ...(await readdir(path.join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  ];
  const texts = await Promise.all(
    files.map(async (name) => [name, await readFile(path.join(root, name), 'utf8')] as const),
  );

  const known = describeCommands(await loadAll(context));

  it('a command that does not exist would be found', () => {
    expect(commandLines('`reelway jobs list --dead`, `reelway serve`')).toHaveLength(2);
    const wrong = ['nonsense', 'jobs nonsense', 'jobs list --nonsense', 'logs x --folow'];
    for (const line of wrong) expect(problemOf(line, known)).toEqual([expect.stringContaining(line) as string]);
    for (const line of ['jobs retry asset:x', 'help jobs', '--version', 'package a.mp4 --out=b', 'debug on --for 1h'])
      expect(problemOf(line, known)).toEqual([]);
  });

  it.each(texts)('links of %s', async (name, text) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target));
    const broken: string[] = [];
    for (const link of links) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path.join(root, name) : path.resolve(root, path.dirname(name), file);
      const found = await stat(target).catch(() => undefined);
      const isThere = found && (anchor === undefined || anchors(await readFile(target, 'utf8')).includes(anchor));
      if (!isThere) broken.push(link);
    }
    expect(broken).toEqual([]);
  });

  it.each(texts.filter(([name]) => name.includes('moving-from')))('tests that %s names exist', async (_, text) => {
    const folders = ['src', 'test', 'web', 'deploy/aws/test'];
    const all = (
      await Promise.all(folders.map((folder) => readdir(path.join(root, folder), { recursive: true })))
    ).flatMap((names, index) => names.map((name) => path.join(folders[index]!, name)));
    const missing: string[] = [];
    // `file.test.ts`, or a part of its path, and the names of tests in it: "...", "..."
    for (const [, file = '', quoted = ''] of text.matchAll(
      /`([\w./-]+\.(?:test|contract)\.ts)`((?:[:,]? "[^"|]+")*)/g,
    )) {
      const found = all.filter((name) => name === file || name.endsWith(`/${file}`));
      const contents = await Promise.all(found.map((name) => readFile(path.join(root, name), 'utf8')));
      if (found.length === 0) missing.push(file);
      for (const [, part = ''] of quoted.matchAll(/"([^"]+)"/g))
        if (!contents.some((content) => content.includes(part))) missing.push(`${file}: ${part}`);
    }
    expect(missing).toEqual([]);
  });

  it.each(texts)('commands of %s, with what is below them and their options', (_, text) => {
    expect(commandLines(text).flatMap((line) => problemOf(line, known))).toEqual([]);
  });

  it.each(texts)('npm scripts of %s', async (_, text) => {
    const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([a-z](?:[a-z:-]*[a-z])?)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  it.each(texts)('settings of %s', (name, text) => {
    // In code: `NAME`, `NAME=value`, and lines of a shell or of `.env`.
    const prefixes = 'REELWAY|ZOOM|OPENCAST|GSHEETS|SLACK|OIDC|LOG|OTEL';
    const named = [...text.matchAll(new RegExp(`(?:\`|^|\\s)((?:${prefixes})_[A-Z_]+)(?=[\`=])`, 'gm'))].map(
      ([, setting]) => setting!,
    );
    const isKnown = (setting: string) => setting in allSettings || elsewhere.includes(setting) || isOfLibrary(setting);
    // What the predecessors had and did is listed there.
    const all = name.includes('moving-from') ? named.filter((setting) => /^(REELWAY|OPENCAST)_/.test(setting)) : named;
    expect(all.filter((setting) => !isKnown(setting))).toEqual([]);
  });
});

/** What stands beside our settings in the environment, and constants that look like one. */
const elsewhere = [
  'REELWAY_IMAGE',
  'REELWAY_VERSION',
  'REELWAY_DOMAIN',
  'REELWAY_CERTIFICATE_ARN',
  'REELWAY_WORKERS_MIN',
  'REELWAY_SETTINGS',
  'ZOOM_API_KEY',
  'ZOOM_API_SECRET',
  'OPENCAST_SUCCEEDED',
  'OPENCAST_FAILED',
];
const isOfLibrary = (setting: string) => /^(AWS|OTEL)_/.test(setting);

/** No command is run: they are only asked what they are. */
const context: CommandContext = {
  ...{ terminal: openTerminal(process, {}), signal: new AbortController().signal, env: {}, cwd: '/' },
};

/** What follows `reelway` in code: between backticks, and in blocks to the end of the line or of the command. */
function commandLines(text: string): string[] {
  const inline = [...text.matchAll(/`(?:npx )?reelway ([^`\n]+)`/g)].map(([, line]) => line!);
  const blocks = [...text.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
  const lines = blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => [...line.matchAll(/(?:^|npx |\$ )(?:[A-Z_]+=\S+ )*reelway ([^#|]+)/g)].map(([, rest]) => rest!));
  return [...inline, ...lines].map((line) => line.trim());
}

/** What of a command line no command knows. Words in `<...>` and `'...'` are arguments. */
function problemOf(line: string, known: readonly CompletedCommand[]): string[] {
  const words = line.split(/\s+/);
  if (['help', '--help', '--version', '-V'].includes(words[0]!)) return [];
  let command: CompletedCommand | undefined;
  const at = (path: readonly string[]) => known.find((each) => each.path.join(' ') === path.join(' '));
  for (let length = 1; length <= words.length && at(words.slice(0, length)); length++)
    command = at(words.slice(0, length));
  if (!command) return [`${line}: no such command`];
  const next = words[command.path.length] ?? '';
  // `jobs cancel|retry`, or any of them: `jobs`.
  const below = next.split('|').filter((word) => /^[a-z-]+$/.test(word));
  if (command.words.length > 0 && below.some((word) => !command.words.includes(word)))
    return [`${line}: ${command.path.join(' ')} has no ${next}`];
  const options = [...line.matchAll(/(?:^|[\s[])(--[a-z][a-z0-9-]*)/g)].map(([, option]) => option!);
  return options
    .filter((option) => !command.options.includes(option) && !command.options.includes(option.replace('--no-', '--')))
    .map((option) => `${line}: ${command.path.join(' ')} has no ${option}`);
}

/** As GitHub makes them of headings. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
