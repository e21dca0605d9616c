import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDockerfile, type Stage } from '../support/dockerfile.js';
import { findOrStartPostgres } from '../support/postgres-server.js';
import { projectRoot } from '../support/reelway.js';
import pg from 'pg';

/**
 * The Dockerfile's steps without a container engine: every stage in a clean folder, COPY and RUN as they stand; then the result is run as the compose
 * file runs it: another user than root where we are root, with folders that it may not write, one server and two workers on a PostgreSQL
 * database, until the server is healthy and a job is done. `npm run check:image`
 */
const root = mkdtempSync(path.join(tmpdir(), 'reelway-image-'));
chmodSync(root, 0o755);
const { stages } = readDockerfile(readFileSync(path.join(projectRoot, 'deploy/compose/Dockerfile'), 'utf8'));
const tracked = execFileSync('git', ['ls-files'], { cwd: projectRoot, encoding: 'utf8' }).trim().split('\n');
const context = tracked.filter((file) => inContext(file));

/** Dockerfile.dockerignore: everything is out, then lines with `!` are in, then lines without are out again. */
function inContext(file: string): boolean {
  const rules = readFileSync(path.join(projectRoot, 'deploy/compose/Dockerfile.dockerignore'), 'utf8');
  let isIn = true;
  for (const line of rules.split('\n').filter((rule) => rule !== '' && !rule.startsWith('#'))) {
    const glob = line
      .replace(/^!/, '')
      .split(/(\*\*\/|\*)/)
      .map((part) => (part === '**/' ? '(?:.*/)?' : part === '*' ? '[^/]*' : part.replace(/[.+^$()]/g, '\\$&')))
      .join('');
    if (new RegExp(`^${glob}(?:/|$)`).test(file)) isIn = line.startsWith('!');
  }
  return isIn;
}

const inStage = (stage: string, file: string) => path.join(root, stage, file);

function build({ name, instructions }: Stage): void {
  let workdir = '/';
  for (const { name: kind, value } of instructions) {
    if (kind === 'WORKDIR') {
      workdir = value;
      mkdirSync(inStage(name, workdir), { recursive: true });
    } else if (kind === 'COPY') copy(name, workdir, value);
    else if (kind === 'RUN' && !value.includes('chown')) {
      console.log(`${name}: ${value}`);
      execFileSync('sh', ['-ec', value], { cwd: inStage(name, workdir), stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }
}

function copy(stage: string, workdir: string, value: string): void {
  const parts = value.split(/\s+/);
  const from = /^--from=(.+)$/.exec(parts[0] ?? '')?.[1];
  const [destination = '.', ...sources] = (from === undefined ? parts : parts.slice(1)).reverse();
  const target = inStage(stage, path.resolve(workdir, destination));
  if (from !== undefined) {
    for (const source of sources) {
      const into = /\/$|^\.\/?$/.test(destination) ? path.join(target, path.basename(source)) : target;
      cpSync(inStage(from, source), into, { recursive: true });
    }
    return;
  }
  const wanted = sources.includes('.') ? context : context.filter((file) => sources.includes(file));
  for (const file of wanted) cpSync(path.join(projectRoot, file), path.join(target, file), { recursive: true });
}

for (const stage of stages) build(stage);
const image = inStage(stages.at(-1)!.name, '/reelway');
console.log(execFileSync('du', ['-sh', image], { encoding: 'utf8' }).trim());

const isRoot = process.getuid?.() === 0;
/** Debian's nobody. */
const nobody = 65_534;
const dataFolder = path.join(root, 'data');
mkdirSync(dataFolder);
if (isRoot) execFileSync('chown', [`${nobody}:${nobody}`, dataFolder]);
execFileSync('chmod', ['-R', 'a-w,a+rX', image]);

const server = await findOrStartPostgres();
const name = `reelway_image_${process.pid}`;
async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
await maintain(`CREATE DATABASE ${name}`);
const databaseUrl = new URL(server.url);
databaseUrl.pathname = `/${name}`;
const secret = 'a-secret-of-the-check-of-images';
const port = 20_000 + (process.pid % 20_000);
const env = {
  ...{ PATH: process.env.PATH, NODE_ENV: 'production', HOME: '/nonexistent', LOG_LEVEL: 'warn' },
  ...{ DATABASE_URL: databaseUrl.href, REELWAY_DATA_DIR: dataFolder, REELWAY_STORAGE: `file:${dataFolder}/media` },
  ...{ REELWAY_HOST: '127.0.0.1', REELWAY_PORT: String(port), REELWAY_API_TOKENS: `check:${secret}` },
};
const identity = isRoot ? { uid: nobody, gid: nobody } : {};
const start = (command: string) =>
  spawn(process.execPath, ['bin/reelway.js', command], {
    cwd: image,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    ...identity,
  });
const processes = [start('serve'), start('worker'), start('worker')];

async function poll(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await done().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  console.log(what);
}
const url = `http://127.0.0.1:${port}`;
const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };

try {
  await poll('the server is healthy', async () => (await fetch(`${url}/healthz`)).ok);
  const request = {
    ...{ id: 'image', packagingGroupId: 'check', destination: { path: 'vod' } },
    source: path.join(image, 'examples/sample/index.m3u8'),
    packagingGroup: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
  };
  const answer = await fetch(`${url}/api/assets`, { method: 'POST', headers, body: JSON.stringify(request) });
  if (answer.status !== 202) throw new Error(`the request was answered ${answer.status}: ${await answer.text()}`);
  await poll('a job is done', async () => {
    const job = (await (await fetch(`${url}/api/jobs/asset:image`, { headers })).json()) as { status?: string };
    if (job.status === 'failed') throw new Error('the job failed');
    return job.status === 'done';
  });
  const exits = processes.map((child) => once(child, 'exit'));
  for (const child of processes) child.kill('SIGTERM');
  const codes = (await Promise.all(exits)).map(([code]) => code as number | null);
  if (codes.some((code) => code !== 0)) throw new Error(`exit codes at SIGTERM: ${codes.join(', ')}`);
  console.log('all stop at SIGTERM with 0');
} finally {
  for (const child of processes) child.kill('SIGKILL');
  await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}
