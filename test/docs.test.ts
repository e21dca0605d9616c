import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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
    const all = (
      await Promise.all(['src', 'test', 'web'].map((folder) => readdir(path.join(root, folder), { recursive: true })))
    ).flatMap((names, index) => names.map((name) => path.join(['src', 'test', 'web'][index]!, name)));
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

  it.each(texts)('commands of %s', async (_, text) => {
    const program = await readFile(path.join(root, 'src/cli/program.ts'), 'utf8');
    const commands = [...program.matchAll(/name: '([a-z]+)'/g)].map(([, command]) => command);
    const named = [...text.matchAll(/(?:`|npx |^)reelway ([a-z]+)/gm)].map(([, command]) => command);
    expect(named.filter((command) => command !== 'help' && !commands.includes(command))).toEqual([]);
  });

  it.each(texts)('npm scripts of %s', async (_, text) => {
    const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([a-z](?:[a-z:-]*[a-z])?)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  it.each(texts)('settings of %s', (_, text) => {
    const named = [...text.matchAll(/`(REELWAY_[A-Z_]+|ZOOM_[A-Z_]+|OPENCAST_[A-Z_]+|GSHEETS_[A-Z_]+)\b/g)].map(
      ([, setting]) => setting!,
    );
    expect(named.filter((setting) => !(setting in allSettings) && !elsewhere.includes(setting))).toEqual([]);
  });
});

/** Of the AWS stack; states of recordings; and settings of the predecessors that have no place here. */
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

/** As GitHub makes them of headings. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
