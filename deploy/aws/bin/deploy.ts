import { createInterface } from 'node:readline/promises';
import path from 'node:path';
import { deploy } from '../lib/deploy.js';

const say = (line: string) => void process.stderr.write(`${line}\n`);
try {
  await deploy(process.argv.slice(2), {
    folder: path.resolve(import.meta.dirname, '..'),
    variables: process.env,
    confirm,
    say,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}

async function confirm(stack: string): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return terminal.question(`Type the name of the stack (${stack}) to go on: `).finally(() => terminal.close());
}
