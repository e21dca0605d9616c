import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './support/reelway.js';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: true;
  /** It comes within the archive of the package above it, whose digest covers it. */
  readonly inBundle?: true;
}

/** Each lock file, with the packages of it that would run a program when they are installed. A new one has to be looked at, and put here. */
const lockFiles: Readonly<Record<string, readonly string[]>> = {
  'package-lock.json': ['', 'node_modules/esbuild', 'node_modules/fsevents'],
  'deploy/aws/package-lock.json': ['node_modules/esbuild', 'node_modules/fsevents'],
};

describe.each(Object.entries(lockFiles))('%s', async (file, mayHaveScripts) => {
  const text = await readFile(path.join(projectRoot, file), 'utf8');
  const packages = Object.entries((JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages);

  it('brings no install script that nobody has looked at', () => {
    const withScripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name);
    expect(withScripts.filter((name) => !mayHaveScripts.includes(name))).toEqual([]);
  });

  it('has the digest of every package, and names no registry: whoever installs has their own', () => {
    const others = packages.filter(([name, { inBundle }]) => name !== '' && !inBundle);
    expect(others.length).toBeGreaterThan(20);
    expect(
      others.filter(([, { integrity }]) => !/^sha(256|384|512)-/.test(integrity ?? '')).map(([name]) => name),
    ).toEqual([]);
    expect(others.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([]);
  });
});
