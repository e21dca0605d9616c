import { cp, mkdtemp, readFile, rename, rm, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** A data folder whose embedded database is initialised already: making one from nothing takes PGlite many seconds. */
export interface TestDataFolder {
  readonly dataFolder: string;
  remove(): Promise<void>;
}

/** A copy of a template that is made once and kept for later runs, with `node_modules`. */
export async function createDataFolder(): Promise<TestDataFolder> {
  const template = await templateFolder();
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
  await cp(template, dataFolder, { recursive: true });
  return { dataFolder, remove: () => rm(dataFolder, { recursive: true, force: true }) };
}

async function templateFolder(): Promise<string> {
  const root = path.resolve(import.meta.dirname, '..', '..');
  const manifest = await readFile(path.join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = path.join(root, 'node_modules/.cache/reelway');
  const template = path.join(cache, `embedded-${version}`);
  if (existsSync(template)) return template;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  await (await PGlite.create(path.join(draft, 'database'))).close();
  // Another test file may have been faster: then theirs is as good.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}
