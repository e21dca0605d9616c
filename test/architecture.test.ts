import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycles, readSourceTree, resolveInTree, scanImports, type SourceTree } from './support/imports.js';

/** The rooms that hold every side effect. */
const effectRooms = ['net', 'source', 'transfer', 'storage', 'publish', 'notify', 'status'] as const;

interface RoomRule {
  /** Path under `src/`; the longest that matches a file is the file's room. */
  readonly room: string;
  /** What it may import beside itself: rooms, or single files (without extension). */
  readonly imports: readonly string[];
  /** What it may import types of, beside the above. */
  readonly types?: readonly string[];
  /** Which of Node's own modules it may use, where not all. Bytes come and go through the packager's model, so that its core runs anywhere. */
  readonly node?: readonly string[];
  readonly rule: string;
}

/** Who may import whom, docs/architecture.md. Every file under `src/` and `web/` belongs to one of these rooms; tests may import what they judge. */
const rules: readonly RoomRule[] = [
  {
    room: 'domain',
    imports: [],
    node: ['node:crypto', 'node:async_hooks'],
    rule: 'domain imports nothing of ours, and of Node nothing that reaches files, processes or the network',
  },
  { room: 'manifest', imports: [], rule: 'manifest imports nothing of ours' },
  {
    room: 'packager',
    imports: ['manifest'],
    types: ['domain/packaging-configuration'],
    node: [],
    rule: 'packager imports only manifest and types of domain/packaging-configuration, and no node: module',
  },
  { room: 'intake', imports: ['domain'], rule: 'intake imports domain alone' },
  {
    room: 'view',
    imports: ['domain', 'intake'],
    node: [],
    rule: 'view imports domain and intake, and no node: module: what command line and dashboard say alike',
  },
  ...effectRooms.map((room) => ({
    room,
    imports: ['domain', 'manifest', 'net', 'process-identity', 'make-folder'],
    types: [...effectRooms, 'packager'],
    rule: `${room} imports domain, manifest, net and port types of other rooms with side effects`,
  })),
  {
    room: 'publish/egress/embedded-packager',
    imports: [
      ...['domain', 'manifest', 'net', 'packager'],
      ...['transfer/inventory', 'transfer/digest', 'transfer/journal', 'transfer/folder-owner'],
    ],
    types: effectRooms,
    rule: 'publish/egress/embedded-packager imports what publish may, digests, inventories and journals of transfer, and alone of the rooms below cli the packager',
  },
  {
    room: 'publish/egress/mediapackage-vod',
    imports: ['domain', 'manifest', 'net', 'transfer/harvest'],
    types: effectRooms,
    rule: 'publish/egress/mediapackage-vod imports what publish may, and the harvester of transfer',
  },
  {
    room: 'workflow',
    imports: [
      'domain',
      'intake',
      'notify/notice',
      'notify/harvest-notice',
      'notify/recording-notice',
      'notify/stream-notice',
      'notify/alert-notice',
    ],
    types: effectRooms,
    rule: 'workflow imports domain, intake, the wording of notices and port types; it acts only through step()',
  },
  {
    room: 'config',
    imports: ['domain', 'intake', ...effectRooms, 'workflow', 'api', 'log'],
    rule: 'config composes the options schema that each room exports',
  },
  {
    room: 'api',
    imports: ['domain', 'intake', 'workflow', 'manifest', 'net', 'log', 'version'],
    types: [...effectRooms, 'config'],
    rule: 'api sits above workflow: it takes what has effects as port types from wiring',
  },
  {
    room: 'cli',
    imports: [
      ...['domain', 'manifest', 'packager', 'intake', 'view', 'workflow', ...effectRooms],
      ...[
        'publish/egress/embedded-packager',
        'publish/egress/mediapackage-vod',
        'api',
        'config',
        'wiring',
        'recordings-line',
        'recordings-intake',
        'notices',
        'packaging-ports',
        'make-folder',
        'log',
        'pretty-line',
        'version',
      ],
    ],
    rule: 'cli sits above all rooms, and below main',
  },
  { room: 'log', imports: ['domain', 'pretty-line'], rule: 'log imports domain and pretty-line' },
  { room: 'make-folder', imports: [], rule: 'make-folder imports nothing of ours' },
  { room: 'process-identity', imports: [], rule: 'process-identity imports nothing of ours' },
  { room: 'pretty-line', imports: [], rule: 'pretty-line imports nothing of ours' },
  { room: 'tracing', imports: ['domain', 'net/http-fault'], rule: 'tracing imports domain and the faults of net' },
  { room: 'log-services', imports: ['*'], rule: 'log-services is the part of wiring that keeps and steers the log' },
  { room: 'version', imports: [], rule: 'version imports nothing of ours' },
  { room: 'main', imports: ['*'], rule: 'main knows everything' },
  { room: 'wiring', imports: ['*'], rule: 'wiring knows everything' },
  {
    room: 'recordings-line',
    imports: ['*'],
    rule: 'recordings-line is the part of wiring that composes the recordings line',
  },
  {
    room: 'stream-line',
    imports: ['*'],
    rule: 'stream-line is the part of wiring that composes the packaging of recordings',
  },
  {
    room: 'recordings-intake',
    imports: ['*'],
    rule: 'recordings-intake is the part of wiring that composes the first half of the recordings line',
  },
  {
    room: 'system-services',
    imports: ['*'],
    rule: 'system-services is the part of wiring that looks at the system itself',
  },
  { room: 'notices', imports: ['*'], rule: 'notices is the part of wiring that opens who is told' },
  {
    room: 'packaging-ports',
    imports: ['*'],
    rule: 'packaging-ports is what wiring, cli and the packaging threads wire alike',
  },
  { room: 'housekeeping', imports: ['*'], rule: 'housekeeping is the part of wiring that is done from time to time' },
  { room: 'harvest-ports', imports: ['*'], rule: 'harvest-ports is the part of wiring that paces harvests' },
  {
    room: 'web',
    imports: ['view'],
    types: ['api/contract'],
    node: [],
    rule: 'web imports nothing of src but view and types of api/contract, and no node: module: it runs in browsers',
  },
  { room: 'web/vite.config', imports: [], rule: 'web/vite.config builds web and imports nothing of ours' },
  { room: 'packaging-thread', imports: ['*'], rule: 'packaging-thread is the composition root of a worker thread' },
  {
    room: 'packaging-coordinator',
    imports: ['*'],
    rule: 'packaging-coordinator is the composition root of the thread that packages for a server',
  },
];

const isTest = (file: string) =>
  /\.(test|case|contract)\.tsx?$/.test(file) || !(file.startsWith('src/') || file.startsWith('web/'));

/** `src/status/catalog.ts` as `status/catalog`, `web/app.tsx` as `web/app`. */
const address = (file: string) => file.replace(/^src\//, '').replace(/\.(ts|tsx|mts)$/, '');
const isWithin = (place: string, room: string) => place === room || place.startsWith(`${room}/`);

function ruleOf(file: string): RoomRule | undefined {
  const place = address(file);
  return rules
    .filter(({ room }) => isWithin(place, room))
    .sort((a, b) => b.room.length - a.room.length)
    .at(0);
}

function isAllowed(rule: RoomRule, target: string, typeOnly: boolean): boolean {
  const place = address(target);
  const reachable = [rule.room, ...rule.imports, ...(typeOnly ? (rule.types ?? []) : [])];
  if (reachable.includes('*')) return true;
  if (!reachable.some((room) => isWithin(place, room))) return false;
  // `publish` may be open while a room inside it is not: a nested room has to be named itself, or be the importer's own.
  const nested = ruleOf(target)?.room ?? '';
  return !nested.includes('/') || typeOnly || reachable.includes(nested);
}

/** Every breach of the rules as a sentence: file, line, what it imports, and the rule. */
function findBreaches(tree: SourceTree): string[] {
  const breaches: string[] = [];
  for (const [file, text] of tree) {
    if (isTest(file)) continue;
    const rule = ruleOf(file);
    if (!rule) {
      breaches.push(`${file} belongs to no room: name its room in the table of test/architecture.test.ts`);
      continue;
    }
    for (const { specifier, typeOnly, line } of scanImports(text, file)) {
      const breach = breachOf(tree, { file, rule, specifier, typeOnly });
      if (breach) breaches.push(`${file}:${line} imports ${specifier}: ${breach}`);
    }
  }
  return breaches;
}

interface Question {
  readonly file: string;
  readonly rule: RoomRule;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function breachOf(tree: SourceTree, { file, rule, specifier, typeOnly }: Question): string | undefined {
  if (specifier.startsWith('node:')) return rule.node?.includes(specifier) === false ? rule.rule : undefined;
  if (!specifier.startsWith('.')) return undefined;
  const target = resolveInTree(tree, file, specifier);
  if (!target) return /\.(json|css)$/.test(specifier) ? undefined : 'there is no such file';
  if (isTest(target)) return 'what is shipped imports no tests';
  return isAllowed(rule, target, typeOnly) ? undefined : rule.rule;
}

/** Modules of Node and packages that files under `src/` bring into the dashboard, however far behind what it imports. */
function packagesBehindWeb(tree: SourceTree): string[] {
  const reached = new Set([...tree.keys()].filter((file) => file.startsWith('web/') && !isTest(file)));
  const found: string[] = [];
  for (const file of reached) {
    for (const { specifier, typeOnly, line } of scanImports(tree.get(file) ?? '', file)) {
      const target = typeOnly ? undefined : resolveInTree(tree, file, specifier);
      if (target) reached.add(target);
      else if (!typeOnly && file.startsWith('src/')) found.push(`${file}:${line} imports ${specifier}`);
    }
  }
  return found;
}

const root = path.resolve(import.meta.dirname, '..');
const project = readSourceTree(
  root,
  ['src', 'web', 'test', 'bench', 'examples'],
  ['examples/sample', 'test/media/generated', 'bench/media'],
);

describe('the imports of the project', () => {
  it('keep to the rules of the rooms', () => {
    expect(findBreaches(project)).toEqual([]);
  });

  it('bring no package of the server into the dashboard: it is sent to browsers', () => {
    expect(packagesBehindWeb(project)).toEqual([]);
  });

  it('form no cycle', () => {
    expect(findCycles(project).map((cycle) => cycle.join(' -> '))).toEqual([]);
  });
});

describe('the rule checker', () => {
  const cases: { name: string; files: Record<string, string>; breaches: (string | RegExp)[] }[] = [
    {
      name: 'refuses a value of the domain in the packager and allows its types',
      files: {
        'src/domain/failure.ts': 'export class Failure {}',
        'src/domain/packaging-configuration.ts': 'export interface A {} export const b = 1;',
        'src/packager/a.ts': "import { Failure } from '../domain/failure.js';",
        'src/packager/b.ts': "import type { A } from '../domain/packaging-configuration.js';",
        'src/packager/c.ts': "import { b, type A } from '../domain/packaging-configuration.js';",
      },
      breaches: [/^src\/packager\/a\.ts:1 imports .*packager imports only manifest/, /^src\/packager\/c\.ts:1 /],
    },
    {
      name: 'refuses Node modules in the packager, also when loaded late, but not in its tests',
      files: {
        'src/packager/a.ts': "\nexport const fs = await import('node:fs');",
        'src/packager/a.test.ts': "import fs from 'node:fs';",
        'src/storage/local.ts': "import fs from 'node:fs';",
      },
      breaches: [/^src\/packager\/a\.ts:2 imports node:fs: .*no node: module/],
    },
    {
      name: 'refuses files, processes and the network in the domain',
      files: {
        'src/domain/a.ts': "import { createHash } from 'node:crypto';",
        'src/domain/b.ts': "import { readFileSync } from 'node:fs';",
      },
      breaches: [/^src\/domain\/b\.ts:1 imports node:fs: domain imports nothing of ours/],
    },
    {
      name: 'allows port types between rooms with side effects and refuses their values',
      files: {
        'src/storage/object-store.ts': 'export interface ObjectStore {} export const x = 1;',
        'src/publish/a.ts': "import type { ObjectStore } from '../storage/object-store.js';",
        'src/publish/b.ts': "export { x } from '../storage/object-store.js';",
        'src/workflow/c.ts': "import '../storage/object-store.js';",
        'src/workflow/d.ts': "export type Y = import('../storage/object-store.js').ObjectStore;",
      },
      breaches: [/^src\/publish\/b\.ts:1 /, /^src\/workflow\/c\.ts:1 .*only through step/],
    },
    {
      name: 'lets only the embedded packager and the command line use the packager',
      files: {
        'src/packager/packager.ts': 'export const indexSource = 1; export interface SourceReader {}',
        'src/publish/egress/embedded-packager/egress.ts':
          "import { indexSource } from '../../../packager/packager.js';",
        'src/cli/package.ts': "import { indexSource } from '../packager/packager.js';",
        'src/publish/egress/egress.ts': "import { indexSource } from '../../packager/packager.js';",
        'src/transfer/source-reader.ts': "import type { SourceReader } from '../packager/packager.js';",
        'src/api/server.ts': "import { indexSource } from '../packager/packager.js';",
      },
      breaches: [/^src\/publish\/egress\/egress\.ts:1 /, /^src\/api\/server\.ts:1 /],
    },
    {
      name: 'refuses a room that imports from above, a test in what is shipped, and a file that belongs to no room',
      files: {
        'src/main.ts': "import './cli/serve.js'; export const x = 1;",
        'src/cli/serve.ts': "import { x } from '../main.js';",
        'src/storage/keys.ts': "import { y } from './keys.case.js'; import z from '../../test/support/z.js';",
        'src/storage/keys.case.ts': 'export const y = 1;',
        'test/support/z.ts': 'export default 1;',
        'src/util.ts': '',
      },
      breaches: [
        /^src\/cli\/serve\.ts:1 .*cli sits above all rooms, and below main/,
        /^src\/storage\/keys\.ts:1 imports .\/keys\.case\.js: what is shipped imports no tests/,
        /^src\/storage\/keys\.ts:1 imports ..\/..\/test\/support\/z\.js: what is shipped imports no tests/,
        /^src\/util\.ts belongs to no room/,
      ],
    },
    {
      name: 'lets the dashboard know the shapes of the API, and what is computed as for the command line',
      files: {
        'src/api/contract.ts': 'export interface Problem {} export const schema = 1;',
        'src/api/problem.ts': 'export interface Problem {}',
        'src/view/rate.ts': 'export const rate = 1;',
        'web/a.tsx': "import type { Problem } from '../src/api/contract'; import { rate } from '../src/view/rate';",
        'web/b.ts': "import { schema } from '../src/api/contract';",
        'web/c.ts': "import type { Problem } from '../src/api/problem';",
        'web/d.ts': "import { readFile } from 'node:fs/promises';",
        'web/vite.config.ts': "import path from 'node:path';",
      },
      breaches: [/^web\/b\.ts:1 /, /^web\/c\.ts:1 /, /^web\/d\.ts:1 .*runs in browsers/],
    },
    {
      name: 'is not misled by comments, strings and packages',
      files: {
        'src/domain/a.ts':
          "// import x from '../cli/b.js';\nexport const s = \"import y from '../cli/b.js'\";\nimport { z } from 'zod';",
        'src/cli/b.ts': '',
      },
      breaches: [],
    },
  ];

  it.each(cases)('$name', ({ files, breaches }) => {
    const found = findBreaches(new Map(Object.entries(files)));
    expect(found).toHaveLength(breaches.length);
    for (const [index, breach] of breaches.entries()) expect(found[index]).toMatch(breach);
  });

  it('finds a package that comes into the dashboard behind what it may import', () => {
    const tree = new Map([
      ['web/a.tsx', "import { useState } from 'react'; import { b } from '../src/view/b';"],
      ['src/view/b.ts', "import { c } from '../domain/c.js'; import type { D } from '../domain/d.js';"],
      ['src/domain/c.ts', "\nimport { z } from 'zod';"],
      ['src/domain/d.ts', "import { z } from 'zod';"],
    ]);
    expect(packagesBehindWeb(tree)).toEqual(['src/domain/c.ts:2 imports zod']);
  });

  it('finds a cycle, also one that only types close', () => {
    const tree = new Map([
      ['src/a.ts', "import { b } from './b.js'; export const a = 1;"],
      ['src/b.ts', "import { c } from './c/c.js'; export const b = 1;"],
      ['src/c/c.ts', "import type { a } from '../a.js'; export const c = 1;"],
      ['src/d.ts', "import { a } from './a.js';"],
    ]);
    expect(findCycles(tree)).toEqual([['src/a.ts', 'src/b.ts', 'src/c/c.ts', 'src/a.ts']]);
  });
});
