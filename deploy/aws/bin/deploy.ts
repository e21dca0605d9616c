import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import path from 'node:path';
import { planOf } from '../lib/command.js';

const folder = path.resolve(import.meta.dirname, '..');
if (existsSync(path.join(folder, '.env'))) process.loadEnvFile(path.join(folder, '.env'));

try {
  const words = process.argv.slice(2);
  const at = words.indexOf('--confirm');
  const given = at < 0 ? undefined : words.splice(at, 2)[1];
  const plan = planOf(words, process.env);
  if (plan.confirmation !== undefined && (given ?? (await asked(plan.confirmation))) !== plan.confirmation)
    throw new Error('That is not the name of the stack: nothing was done.');
  const cdk = path.join(folder, 'node_modules/.bin/cdk');
  const { status } = spawnSync(cdk, [...plan.arguments], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, ...plan.environment },
  });
  process.exitCode = status ?? 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function asked(stack: string): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return terminal.question(`Type the name of the stack (${stack}) to go on: `).finally(() => terminal.close());
}
