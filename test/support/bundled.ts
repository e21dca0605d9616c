import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'rolldown';

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/reelway');

/**
 * A script of the tests in one file with what it imports of ours, for `node` alone: a process that loads it begins in a third of the time that
 * the loader of TypeScript takes for all those modules.
 * @returns the file, which is the same as long as the code is
 */
export async function bundled(script: string): Promise<string> {
  const { output } = await build({
    input: script,
    platform: 'node',
    external: (id) => /^[^./]/.test(id),
    write: false,
    output: { format: 'esm', codeSplitting: false },
  });
  const { code } = output[0];
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const file = path.join(cache, `${path.basename(script, '.ts')}-${digest}.mjs`);
  if (existsSync(file)) return file;
  await mkdir(cache, { recursive: true });
  // Another test may write the same at this moment.
  const draft = `${file}.${randomUUID()}.tmp`;
  await writeFile(draft, code);
  await rename(draft, file);
  return file;
}
