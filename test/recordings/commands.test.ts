import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { itLong } from '../support/it-long.js';
import { reelway } from '../support/reelway.js';
import { lesson, mediaPackage, series, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway, type RecordingsStage } from '../support/recordings-stage.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';

const header = 'course code,type,day,start,meeting id with password,oc series';
const secret = 'webhook-secret';

/** Runs commands with the settings of the stage. */
function commands({ environment: env }: RecordingsStage) {
  const run = async (...parameters: string[]) => reelway(parameters, { env });
  return {
    run,
    json: async (...parameters: string[]): Promise<unknown> => {
      const { stdout, stderr } = await run(...parameters, '--json');
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    },
  };
}

async function scheduleFile(...rows: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-schedule-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'fall.csv');
  await writeFile(file, [header, ...rows].join('\n'));
  return file;
}

const friday = `MATH,Lecture,F,14:00,https://zoom.us/j/123456789,https://oc/#/${series}`;

describe('the commands of the recordings line', () => {
  itLong(
    'work without a server: a schedule, a look through the list, an ingest from Zoom to Opencast',
    async () => {
      const stage = await recordingsStage();
      const { run, json } = commands(stage);
      const file = await scheduleFile(friday, 'BAD,Lecture,X,14:00,https://zoom.us/j/123456789,https://oc/#/1');
      const dry = await run('schedule', 'import', file, '--dry-run');
      expect(dry).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^fall\.csv line 3: .*\n1 rows cannot/) as string,
      });
      expect(dry.stdout).toBe(
        `+ F 14:00 Lecture of MATH, meeting 123456789, series ${series}\nfile:fall.csv: 1 added, 0 removed, 0 changed, 0 as before; nothing was done.\n`,
      );
      expect((await run('schedule', 'show')).stderr).toBe('The schedule has no classes.\n');
      expect(await json('schedule', 'import', file)).toMatchObject({ added: [{ day: 'F' }], problems: [{ line: 3 }] });
      expect((await run('schedule', 'show')).stdout).toMatch(
        new RegExp(`^F +14:00 +123456789 +Lecture +MATH +${series} `, 'm'),
      );
      expect((await run('schedule', 'sync')).stderr).toContain('GSHEETS_DOC_ID');

      const range = ['--from', '2026-11-20', '--to', '2026-11-20'];
      const looked = await run('zoom', 'backfill', ...range, '--dry-run');
      expect(looked.stdout).toContain(`would be ingested into series ${series}`);
      expect(looked.stdout).toContain('1 in Zoom: 1 would be taken, 0 ignored');
      expect(stage.opencast.workflows).toHaveLength(0);

      const ingested = await run('zoom', 'ingest', `https://zoom.us/recording/detail?meeting_id=${uuid}`);
      expect(ingested).toMatchObject({ code: 0, stdout: `Event ${mediaPackage}\n` });
      expect(stage.opencast.workflows.map(({ terms }) => terms.isPartOf)).toEqual([series]);
      expect((await run('zoom', 'ingest', uuid)).stdout).toBe(`Opencast has it already: event ${mediaPackage}\n`);
      const { stdout } = await run('status', '--meeting', '123 456 789');
      expect(stdout).toMatch(/^123456789 +2026-11-20T14:00:00Z +Algebra & <more> +OPENCAST_SUCCEEDED/m);
    },
    120_000,
  );

  it('talk to the running server, which does the work', async () => {
    const stage = await recordingsStage({ WEBHOOK_VALIDATION_SECRET_TOKEN: secret });
    const server = await startReelway(stage);
    const { run, json } = commands(stage);
    const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];
    const body = completed({ uuid, id: 123_456_789, startTime: lesson.startTime, files });
    const sent = await fetch(`${server.url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
    expect(sent.status).toBe(200);
    await expect
      .poll(() => json('status', '--seconds', '600'), { timeout: 20_000 })
      .toMatchObject({ records: { meetings: [{ recordings: [{ zip_ingests: [{ status: 'IGNORED' }] }] }] } });
    const ignored = await run('zoom', 'ingest', uuid);
    expect(ignored).toMatchObject({ code: 1, stderr: expect.stringContaining('No opencast series match') as string });

    const file = await scheduleFile(friday);
    expect((await run('schedule', 'import', file)).stdout).toContain('1 recordings that had waited');
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await json('zoom', 'backfill', '--from', '2026-11-20', '--to', '2026-11-20')).toMatchObject({
      ...{ listed: 1, known: 1, taken: 0 },
    });
    expect((await run('zoom', 'replay', uuid)).stdout).toBe('1 event is handled once more.\n');
    const more = ['--series', series, '--allow-multiple', '--all-mp4', '--no-wait'];
    expect((await run('zoom', 'ingest', uuid, ...more)).stdout).toMatch(/^recording:.* is under way\.\n$/);
    await expect.poll(() => stage.opencast.workflows.length, { timeout: 60_000 }).toBe(2);
    expect(stage.opencast.workflows[1]?.mediaPackageId).not.toBe(mediaPackage);
  }, 120_000);

  it('say what is wrong with their use', async () => {
    const { run } = commands(await recordingsStage());
    for (const wrong of [
      ['status', '--seconds', '3601'],
      ['status', '--meeting', 'x'],
      ['zoom', 'backfill', '--from', 'yesterday', '--to', '2026-11-20'],
      ['zoom', 'ingest'],
    ])
      expect((await run(...wrong)).code, wrong.join(' ')).toBe(2);
    expect(await run('schedule', 'import', 'none.csv')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.csv') as string,
    });
    expect((await run('schedule', 'import', 'fall.xlsx')).stderr).toContain('.csv or a .json');
  }, 60_000);
});
