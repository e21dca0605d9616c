import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzzParser, type FuzzResult } from './fuzz-parser.js';
import { parsers } from './parsers.js';

/**
 * npm run fuzz -- [--seconds 60] [--seed 1] [parser ...]
 *
 * Every parser in a process of its own, for so many seconds. One fails when it throws what is not an error of bad input, takes more than
 * `slowest` for one input, gives no sign of life, or grows beyond `mostMemory`. The input is then in fuzz-failures/.
 */

/** milliseconds of the processor */
const slowest = 5000;
const silence = 60_000;
/** bytes of the process */
const mostMemory = 1.5 * 2 ** 30;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    child: { type: 'string' },
  },
});

if (values.child === undefined) await fuzzAll(positionals.length > 0 ? positionals : Object.keys(parsers));
else await fuzzHere(values.child);

async function fuzzAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!parsers[name]) throw new Error(`no parser ${name}; there are: ${Object.keys(parsers).join(', ')}`);
    const problem = await inProcess(name);
    if (problem === undefined) continue;
    console.error(`${name}: ${problem}`);
    process.exitCode = 1;
  }
}

/** @returns what was wrong */
async function inProcess(name: string): Promise<string | undefined> {
  const options = ['--child', name, '--seconds', values.seconds, '--seed', values.seed];
  const child = fork(fileURLToPath(import.meta.url), options, { execArgv: process.execArgv });
  let lastInput = 0;
  const kill = () => child.kill('SIGKILL');
  let timer = setTimeout(kill, silence);
  child.on('message', (inputs: number) => {
    lastInput = inputs;
    clearTimeout(timer);
    timer = setTimeout(kill, silence);
  });
  const code = await new Promise((resolve) => child.once('exit', (exit, signal) => resolve(signal ?? exit)));
  clearTimeout(timer);
  if (code === 0) return undefined;
  return `ended with ${String(code)} some time after input ${lastInput} of seed ${values.seed}`;
}

async function fuzzHere(name: string): Promise<void> {
  const parser = parsers[name];
  if (!parser) throw new Error(`no parser ${name}`);
  const end = performance.now() + Number(values.seconds) * 1000;
  let highest = 0;
  const more = (inputs: number) => {
    if (inputs % 64 !== 0) return true;
    process.send?.(inputs);
    highest = Math.max(highest, process.memoryUsage.rss());
    return performance.now() < end && highest < mostMemory;
  };
  const result = await fuzzParser(parser, { seed: Number(values.seed), more, slowest });
  const memory = `${Math.round(highest / 2 ** 20)} MiB`;
  console.log(`${name}: ${result.inputs} inputs, ${result.outcomes} outcomes, ${memory}`);
  if (highest >= mostMemory) console.error(`${name}: grew to ${memory}`);
  if (result.failure) await report(name, result.failure);
  if (result.failure || highest >= mostMemory) process.exitCode = 1;
}

async function report(name: string, { input, problem }: NonNullable<FuzzResult['failure']>): Promise<void> {
  const file = path.resolve('fuzz-failures', `${name}-${values.seed}.bin`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, input);
  console.error(`${problem}\n${name}: the input is in ${file}`);
}
