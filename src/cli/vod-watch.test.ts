import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { commandRunner } from '../../test/support/run-command.js';
import { openTerminal } from './terminal.js';
import { vodCommand } from './vod.js';

async function place(): Promise<{ folder: string; env: Record<string, string> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'in'));
  for (const name of ['one.mp4', 'two.mp4']) {
    await writeFile(path.join(folder, 'in', name), 'no video at all');
    await utimes(path.join(folder, 'in', name), 1, 1);
  }
  return { folder, env: { REELWAY_DATA_DIR: path.join(folder, 'data') } };
}

it('a folder that is not there is refused, and not watched in silence', async () => {
  const { folder, env } = await place();
  const { code, stderr } = await commandRunner(vodCommand, env, folder).run(
    ...['watch', 'inn', '--packaging-group', 'g', '--once'],
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining('/inn cannot be watched: it is no folder.')]);
});

it('sources wait for their packaging group, which is said once of each, and are started when it is stored', async () => {
  const { folder, env } = await place();
  await rename((await createDataFolder()).dataFolder, path.join(folder, 'data'));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let said = '';
  let started = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  stdout.setEncoding('utf8').on('data', (text: string) => (started += text));
  const stop = new AbortController();
  const terminal = openTerminal({ stdout, stderr }, {}, false);
  const command = vodCommand({ terminal, signal: stop.signal, env, cwd: folder });
  const watched = command.parseAsync(['watch', 'in', '--packaging-group', 'g', '--every', '0'], { from: 'user' });
  try {
    // In whichever order: both are started at once.
    const named = (text: string, line: RegExp) => [...text.matchAll(line)].map(([, name]) => name).toSorted();
    const refused = /^(\S+): There is no packaging group "g"/gm;
    await vi.waitFor(() => expect(named(said, refused)).toEqual(['one.mp4', 'two.mp4']), { timeout: 60_000 });
    const file = path.join(folder, 'data/packaging-groups/g.json');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.part`, JSON.stringify({ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }));
    await rename(`${file}.part`, file);
    const begun = /^(\S+): job \S+$/gm;
    await vi.waitFor(() => expect(named(started, begun)).toEqual(['one.mp4', 'two.mp4']), { timeout: 60_000 });
    expect(named(said, refused)).toHaveLength(2);
  } finally {
    stop.abort(new Error('stopped by the test'));
    await expect(watched).rejects.toThrow();
  }
}, 150_000);
