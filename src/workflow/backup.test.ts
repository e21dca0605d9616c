import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { createDatabase } from '../../test/support/postgres.js';
import { postgresBinaries } from '../../test/support/provision.js';
import { requires } from '../../test/support/requires.js';
import { effects, openEngine, openGate, stageWorkflows, type OpenOptions } from './engine-fixture.case.js';

/** Backs up as docs/operations.md says while a job is in its second step, restores elsewhere, and lets it go on there. */
async function survives(
  before: Pick<OpenOptions, 'dataFolder' | 'databaseUrl'>,
  backUp: (stop: () => Promise<void>) => Promise<Pick<OpenOptions, 'dataFolder' | 'databaseUrl'>>,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-stage-'));
  const workflows = stageWorkflows({ folder });
  const first = await openEngine({ ...before, workflows: Object.values(workflows) });
  await first.engine.submit(workflows.chain, 'chain:done', { key: 'done', steps: 1 });
  await first.engine.result('chain:done');
  await first.engine.submit(workflows.chain, 'chain:begun', { key: 'begun', steps: 3, gate: 2 });
  await expect.poll(() => effects({ folder }), { timeout: 20_000 }).toContain('begun 2 begins');
  const restored = await backUp(() => first.close());
  await first.close();

  openGate({ folder }, 'begun');
  const second = await openEngine({ ...restored, workflows: Object.values(workflows), lostAfterMs: 500 });
  expect(await second.engine.result('chain:begun')).toEqual({ results: ['result 1', 'result 2', 'result 3'] });
  expect(await second.engine.jobs.find('chain:done')).toMatchObject({ status: 'done' });
  expect(effects({ folder }).filter((effect) => effect === 'begun 1 begins')).toHaveLength(1);
  await second.close();
  await rm(folder, { recursive: true });
}

describe('a backup that is restored elsewhere', () => {
  it('goes on with the jobs that were under way: a copy of the data folder of a stopped server', async () => {
    const place = await createDataFolder();
    const copy = `${place.dataFolder}-restored`;
    await survives(place, async (stop) => {
      await stop();
      await cp(place.dataFolder, copy, { recursive: true });
      await place.remove();
      return { dataFolder: copy };
    });
    await rm(copy, { recursive: true });
    // Three starts of the embedded database, on a machine that has other things to do.
  }, 180_000);

  it.runIf(requires('postgres'))('goes on with the jobs that were under way: pg_dump of a server at work', async () => {
    const [source, target] = await Promise.all([createDatabase(), createDatabase()]);
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
    const dump = path.join(dataFolder, 'reelway.dump');
    const program = (name: string) => path.join(postgresBinaries() ?? '/usr/bin', name);
    await survives({ dataFolder, databaseUrl: source.url }, (_stop) => {
      execFileSync(program('pg_dump'), ['--format=custom', `--file=${dump}`, source.url]);
      execFileSync(program('pg_restore'), ['--no-owner', `--dbname=${target.url}`, dump]);
      return Promise.resolve({ dataFolder, databaseUrl: target.url });
    });
    await source.drop();
    await target.drop();
    await rm(dataFolder, { recursive: true });
  });
});
