import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A data folder whose embedded database has all its tables already, and nothing in them: making them takes PGlite many seconds. */
export interface TestDataFolder {
  readonly dataFolder: string;
  remove(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '..', '..');

/** A copy of a template that is made once and kept for later runs, with `node_modules`. */
export async function createDataFolder(): Promise<TestDataFolder> {
  const template = await templateFolder();
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
  // A thousand files: by a program this takes a tenth of the time that it takes with Node's own functions.
  await promisify(execFile)('cp', ['-R', path.join(template, 'database'), dataFolder]);
  return { dataFolder, remove: () => rm(dataFolder, { recursive: true, force: true }) };
}

/** Made before the tests, by global-setup.ts: it takes long enough to exceed the time of a test on a busy machine. */
export async function templateFolder(): Promise<string> {
  const cache = path.join(root, 'node_modules/.cache/reelway');
  const template = path.join(cache, `embedded-${await tablesDigest()}`);
  if (existsSync(template)) return template;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  // Imported here: nearly always the template is there.
  const { makeEmbeddedTables } = await import('./embedded-tables.js');
  await makeEmbeddedTables(draft);
  // Another test file may have been faster: then theirs is as good.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}

/** Of all that says what tables there are: a template of other tables is never taken. */
async function tablesDigest(): Promise<string> {
  const digest = createHash('sha256');
  const status = path.join(root, 'src/status');
  const sources = (await readdir(status)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  const manifests = ['@electric-sql/pglite', '@dbos-inc/dbos-sdk'].map((name) => `node_modules/${name}/package.json`);
  for (const file of [...sources.map((name) => path.join(status, name)), ...manifests])
    digest.update(await readFile(path.resolve(root, file)));
  return digest.digest('hex').slice(0, 16);
}
