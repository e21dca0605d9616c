#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`reelway needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  process.stderr.write('reelway is not built yet. Run `npm ci` (or `npm run build`) in its folder, then try again.\n');
  process.exitCode = 1;
} else {
  // From Node 22.1 on, what was compiled once is kept beside the code; where that may not be written, nothing is kept.
  module.enableCompileCache?.(fileURLToPath(new URL('.compile-cache/', main)));
  await import(main.href);
}
