import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { findOrStartPostgres, type PostgresServer } from './postgres-server.js';
import { buildWhenStale } from './build.js';
import { templateFolder } from './embedded-data-folder.js';
import { longTests } from './extent.js';
import { installMissing, tools, toolTable, type Tool } from './provision.js';

/** What tests are told, by `inject('provision')`; see requires.ts. */
export interface Provision {
  /** Why each tool that is missing is; a tool that is not here is available. */
  readonly missing: Partial<Record<Tool, string>>;
  /** Of the maintenance database of a PostgreSQL server on which databases may be created; only when a test asked for `postgres`. */
  readonly databaseUrl?: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    provision: Provision;
  }
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Before the tests: brings what the chosen test files ask for with `requires('...')`, and nothing else. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const users = await usersOfTools(project);
  const wanted = tools.filter((tool) => users.get(tool)!.length > 0);
  const missing = installMissing(wanted, say);
  if (await someUse(project, /\b(reelway|runningReelway|builtDashboard)\(/)) buildWhenStale(project.config.root, say);
  if (await someUse(project, /\b(createDataFolder|embeddedDatabase|recordingsStage|startDashboardServer)\b/))
    await templateFolder();
  const postgres = await startPostgres(wanted.includes('postgres') && !missing.has('postgres'), missing);
  project.provide('provision', {
    missing: Object.fromEntries(missing),
    ...(postgres && { databaseUrl: postgres.url }),
  });
  return async () => {
    await postgres?.stop();
    for (const [tool, reason] of missing)
      say(`tests: skipped for want of ${tool} (${toolTable[tool].purpose}): ${users.get(tool)!.join(', ')}: ${reason}`);
  };
}

async function startPostgres(wanted: boolean, missing: Map<Tool, string>): Promise<PostgresServer | undefined> {
  if (!wanted) return undefined;
  try {
    const server = await findOrStartPostgres();
    say(`tests: PostgreSQL is ${server.origin}`);
    return server;
  } catch (error) {
    missing.set('postgres', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** The command line's name filters are not part of vitest's typed interface; without them all test files are looked at. */
async function chosenFiles(project: TestProject): Promise<string[]> {
  const { filenamePattern } = project.vitest as { filenamePattern?: string[] };
  return (await project.globTestFiles(filenamePattern)).testFiles;
}

async function someUse(project: TestProject, what: RegExp): Promise<boolean> {
  const files = await chosenFiles(project);
  return files.some((file) => what.test(readFileSync(file, 'utf8')));
}

/** Which of the test files that this run chose ask for which tool. */
async function usersOfTools(project: TestProject): Promise<Map<Tool, string[]>> {
  const users = new Map<Tool, string[]>(tools.map((tool) => [tool, []]));
  for (const file of await chosenFiles(project)) {
    const asked = readFileSync(file, 'utf8').matchAll(
      longTests ? /\brequires\(([^)]*)\)/g : /(?<!longTests && )\brequires\(([^)]*)\)/g,
    );
    const named = new Set([...asked].flatMap(([, list]) => tools.filter((tool) => list!.includes(`'${tool}'`))));
    for (const tool of named) users.get(tool)!.push(path.relative(project.config.root, file));
  }
  return users;
}
