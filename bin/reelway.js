#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

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
  // In Node 20 functions are optimised after eight times as many calls and turns as usual: of 240 MB, a fifth of all processor time went into optimising
  // code that then ran for a tenth of a second. What is hot in a large job still is hot soon enough.
  // V8 has no such budget any more where Node is later; its own thresholds hold there.
  if (major < 22) v8.setFlagsFromString('--interrupt-budget=540672');
  await import(main.href);
}
