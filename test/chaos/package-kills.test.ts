import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localStore } from '../../src/storage/local.js';
import { readInventory, verifyInventory } from '../../src/transfer/inventory.js';
import { makeSource } from '../conformance/source.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';

/** How many runs are killed; the suite's five take seconds, `npm run chaos:package` asks for thirty. */
const kills = Number(process.env.REELWAY_CHAOS_KILLS ?? 3);
const seed = Number(process.env.REELWAY_CHAOS_SEED ?? Date.now() % 1_000_000);
const endpoints = ['cmaf', 'dash'];

const folder = mkdtempSync(path.join(tmpdir(), 'reelway-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(requires('ffmpeg'))(`packaging that is killed (REELWAY_CHAOS_SEED=${seed})`, () => {
  const random = generator(seed);
  const reference = path.join(folder, 'reference');
  let source: string;
  let files: number;

  beforeAll(async () => {
    source = (await makeSource(path.join(folder, 'source'), { seconds: 16 })).entry;
    expect(await reelway(['package', source, '--out', reference])).toMatchObject({ code: 0 });
    files = filesIn(reference).length;
    expect(files).toBeGreaterThan(60);
  });

  it.each(Array.from({ length: kills }, (_, i) => [i + 1]))(
    'at any moment is complete and exact after the same command has run again (kill %i)',
    async (i) => {
      const out = path.join(folder, `killed-${i}`);
      const moments = Array.from({ length: 1 + Math.floor(random() * 2) }, () => Math.floor(random() * (files + 4)));
      for (const moment of moments.sort((a, b) => a - b)) {
        await packageUntil(source, out, (names) => names.length >= moment);
        await nothingHalfAnnounced(out);
      }
      const { code, stdout } = await reelway(['package', source, '--out', out]);
      expect({ code, moments }).toEqual({ code: 0, moments });
      expect(stdout).toContain('cmaf: ');
      expect(await contents(out)).toEqual(await contents(reference));
      await rm(out, { recursive: true });
    },
  );

  describe('into single files', () => {
    const options = ['--format', 'both', '--single-file'];
    const singles = path.join(folder, 'singles');
    const joined = (names: readonly string[]) => names.filter((name) => name === 'media.mp4').length;
    const segments = (names: readonly string[]) => names.filter((name) => name.endsWith('.m4s')).length;
    beforeAll(async () => {
      expect(await reelway(['package', source, '--out', singles, ...options])).toMatchObject({ code: 0 });
    });

    it.each<[string, (names: readonly string[]) => boolean]>([
      ['while segments are made', (names) => segments(names) >= 7],
      ['when the first file stands', (names) => joined(names) === 1],
      ['while segments are removed', (names) => joined(names) === 1 && segments(names) % 8 === 3],
      ['when all files stand', (names) => joined(names) > 1 && segments(names) === 0],
      ['when the manifests stand', (names) => names.includes('index.m3u8')],
    ])('%s, is complete and exact after the same command has run again', async (_, isMoment) => {
      const out = path.join(folder, 'killed-single');
      await packageUntil(source, out, isMoment, options);
      expect(await reelway(['package', source, '--out', out, ...options])).toMatchObject({ code: 0 });
      expect(await contents(out)).toEqual(await contents(singles));
      await rm(out, { recursive: true });
    });
  });
});

/** Runs the command and kills it, with no chance to clean up, as soon as what lies in its output folder is so. */
async function packageUntil(
  source: string,
  out: string,
  isMoment: (files: readonly string[]) => boolean,
  options: readonly string[] = [],
): Promise<void> {
  const program = path.join(projectRoot, 'bin/reelway.js');
  const child = spawn(process.execPath, [program, 'package', source, '--out', out, ...options], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const watching = setInterval(() => {
    if (isMoment(filesIn(out))) child.kill('SIGKILL');
  }, 1);
  await ended;
  clearInterval(watching);
}

function filesIn(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return []; // not there yet, or a folder vanished while it was read
  }
}

/** Where an inventory stands, everything that it lists is in place; where a playable manifest stands, so does every segment. */
async function nothingHalfAnnounced(out: string): Promise<void> {
  const store = localStore({ folder: out });
  for (const endpoint of endpoints) {
    const inventory = await readInventory(store, endpoint);
    if (inventory)
      expect(await verifyInventory(store, endpoint, inventory, { deep: true })).toMatchObject({ complete: true });
  }
}

/** Every file with its bytes; of an inventory, all but the time when it was completed. */
async function contents(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const file = path.join(root, name);
    if (!(await stat(file)).isFile()) continue;
    const bytes = await readFile(file);
    const told = name.endsWith('inventory.json') ? comparable(bytes.toString()) : bytes.toString('base64');
    found.set(name, told);
  }
  return found;
}

/** The time of completion and the etags (inodes) of local files differ from run to run. */
function comparable(inventory: string): string {
  return JSON.stringify(JSON.parse(inventory), (name, value: unknown) =>
    name === 'completedAt' || name === 'etag' ? undefined : value,
  );
}

/** mulberry32: small, seeded, so that a failure can be run again. */
function generator(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
