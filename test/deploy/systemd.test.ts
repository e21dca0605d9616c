import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, runningReelway, type RunningCommands } from '../support/reelway.js';

const secret = 'a-secret-of-the-guide-to-systemd';
let place: string;
let commands: RunningCommands;
let server: { child: ChildProcess; said: string } | undefined;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'reelway-systemd-'));
  commands = runningReelway();
});
afterEach(async () => {
  commands.kill();
  await rm(place, { recursive: true });
});

/** The blocks of commands of docs/deploy.md's guide to one machine. */
async function blocks(): Promise<string[]> {
  const text = await readFile(path.join(projectRoot, 'docs/deploy.md'), 'utf8');
  const guide = /^## One machine\n(.*?)^## /ms.exec(text)?.[1] ?? '';
  return [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!);
}

/** Below a folder of the test, and as who runs it: the users of a machine are not ours to make. */
function here(line: string): string {
  return line
    .replaceAll(/(?<![\w/.-])\/(?:var|etc)\//g, (folder) => `${place}${folder}`)
    .replaceAll('/opt/reelway', projectRoot)
    .replace('runuser -u reelway -- ', '')
    .replace(' -o reelway -g reelway', '');
}

async function start(): Promise<void> {
  const unit = await readFile(path.join(projectRoot, 'deploy/systemd/reelway.service'), 'utf8');
  expect(unit).toContain('ExecStart=/usr/bin/node bin/reelway.js serve');
  const [, dataFolder = ''] = /^Environment=.*REELWAY_DATA_DIR=(\S+)/m.exec(unit) ?? [];
  const settings = { REELWAY_API_TOKENS: `guide:${secret}`, REELWAY_PORT: '0', LOG_LEVEL: 'error' };
  server = await commands.start('serve', /ready: (\S+)/, { ...settings, REELWAY_DATA_DIR: here(dataFolder) });
}

async function stop(): Promise<void> {
  server!.child.kill('SIGTERM');
  await once(server!.child, 'exit');
}

async function follow(block: string): Promise<void> {
  const steps = block.trim().split('\n');
  const [enter = '', ...lines] = steps;
  expect(enter).toBe('cd /opt/reelway');
  for (const line of lines) {
    if (line === 'systemctl stop reelway') await stop();
    else if (line === 'systemctl start reelway') await start();
    else await promisify(execFile)('sh', ['-ec', here(line)], { cwd: projectRoot, env: { PATH: process.env.PATH } });
  }
}

async function send(method: string, at: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(server!.said + at, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, await answer.clone().text()).toBe(true);
  return (await answer.json()) as Record<string, unknown>;
}

describe('the guide to one machine', () => {
  it('backs up while the server runs, and restores: jobs, packaging groups and media are there again', async () => {
    const [, backup, restore] = await blocks();
    await mkdir(here('/etc/reelway/'), { recursive: true });
    for (const folder of ['/var/lib/', '/var/backups/']) await mkdir(here(folder), { recursive: true });
    const { dataFolder } = await createDataFolder();
    await rename(dataFolder, here('/var/lib/reelway'));
    await writeFile(here('/etc/reelway/reelway.env'), `REELWAY_API_TOKENS=guide:${secret}\nREELWAY_PORT=0\n`);
    await start();
    const cmaf = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
    await send('PUT', '/api/packaging-groups/lectures', [cmaf]);
    const source = path.join(projectRoot, 'examples/sample/index.m3u8');
    await send('POST', '/api/assets', { id: 'a', packagingGroupId: 'lectures', destination: { path: 'vod' }, source });
    const status = async () => (await send('GET', '/api/jobs/asset:a')).status;
    await expect.poll(status, { timeout: 60_000 }).toBe('done');
    const media = () => readdir(here('/var/lib/reelway/media/vod/a/cmaf'));
    const before = await media();

    await follow(backup!);
    await follow(restore!);
    expect(await status()).toBe('done');
    expect((await send('GET', '/api/packaging-groups/lectures')).file).toEqual([cmaf]);
    expect(await media()).toEqual(before);
    await stop();
  }, 180_000);
});
