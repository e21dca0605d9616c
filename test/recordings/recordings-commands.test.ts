import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { RecordingDetail, RecordingPage } from '../../src/api/contract.js';
import { jobsCommand } from '../../src/cli/jobs.js';
import { recordingsCommand } from '../../src/cli/recordings.js';
import { scheduleCommand } from '../../src/cli/schedule.js';
import { lesson, mediaPackage, series, sizes, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { commandRunner } from '../support/run-command.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';

const secret = 'webhook-secret';
const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];

/** A server, and its commands. */
async function stand() {
  const stage = await recordingsStage({
    ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, LOCAL_TIME_ZONE: 'America/New_York' },
  });
  const server = await startReelway(stage);
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-commands-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const command = (build: Parameters<typeof commandRunner>[0]) => commandRunner(build, stage.environment, folder);
  return {
    ...{ stage, folder, recordings: command(recordingsCommand), schedule: command(scheduleCommand) },
    jobs: command(jobsCommand),
    announce: (body: string) =>
      fetch(`${server.url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) }),
    importClass: (day: string) => {
      const row = `MATH,Lecture,${day},09:00,https://zoom.us/j/123456789,https://oc/#/${series}\n`;
      const text = `course code,type,day,start,meeting id with password,oc series\n${row}`;
      return server.services
        .startIntake(false)
        .schedule.importFile({ name: 'fall.csv', format: 'csv', text }, { dryRun: false, mayEmpty: false });
    },
  };
}

it('recordings are listed, searched and paged, and a week of the schedule says what came', async () => {
  const { recordings, schedule, announce, importClass } = await stand();
  for (const n of [1, 2, 3]) {
    const startTime = `2026-11-1${n}T14:00:00Z`;
    await announce(completed({ uuid: `/${n}+==`, id: 911_111_110 + n, topic: `Course ${n}`, startTime, files }));
  }
  const ids = async (...words: string[]) =>
    (await recordings.json<RecordingPage>('list', ...words)).recordings.map((each) => each.uuid);
  await expect.poll(() => ids('--status', 'IGNORED')).toEqual(['/3+==', '/2+==', '/1+==']);
  expect(await ids('--search', 'course 2')).toEqual(['/2+==']);
  expect(await ids('--meeting', '911 111 113')).toEqual(['/3+==']);
  expect(await ids('--from', '2026-11-12', '--to', '2026-11-12')).toEqual(['/2+==']);
  expect(await ids('--unmatched', '--limit', '1')).toEqual(['/3+==']);
  expect(await recordings.run('list', '--failed')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'There are no such recordings.\n' },
  });
  const first = await recordings.run('list', '--limit', '2');
  const [head, row] = first.stdout.split('\n');
  expect(head).toMatch(/^RECORDING +STARTED +LENGTH +MEETING +TOPIC +SERIES +STATUS +REASON$/);
  expect(row).toMatch(
    /^\/3\+== +2026-11-13T14:00:00Z +52 min 00 s +911111113 +Course 3 +- +IGNORED +No opencast series match$/,
  );
  const [, cursor] = /^There are more: the same with --cursor (\S+)\n$/.exec(first.stderr) ?? [];
  expect(await ids('--limit', '2', '--cursor', cursor!)).toEqual(['/1+==']);
  expect((await recordings.run('list', '--cursor', 'x')).stderr).toContain('[invalid_request]');

  await importClass('R');
  const week = await schedule.run('show', '--week', '2026-11-12');
  expect(week.stdout).toMatch(/^R 2026-11-12 +09:00 +MATH +Lecture +123456789 +(?:missing|expected)/m);
  expect(week.stdout).toMatch(/came outside of the schedule:\n {2}\S+ {2}911111113 {2}Course 3 {2}\/3\+==/);
  expect(week.stderr).toMatch(/^2026-11-09 to 2026-11-15, times of America\/New_York: 0 came, /);
  expect((await schedule.run('show', '--search', 'biology')).stderr).toBe('The schedule has no classes.\n');
  for (const wrong of [
    ['list', '--limit', '0'],
    ['list', '--status', 'lost'],
    ['list', '--from', 'yesterday'],
    ['list', '--failed', '--status', 'IGNORED'],
    ['show'],
    ['rematch'],
    ['rematch', 'x', '--all'],
    ['download', 'x'],
  ])
    expect((await recordings.run(...wrong)).code, wrong.join(' ')).toBe(2);
}, 60_000);

it('one recording is shown with why, looked up in the schedule again, and brought over when it is here', async () => {
  const { stage, folder, recordings, schedule, jobs, announce, importClass } = await stand();
  await announce(completed({ uuid, id: 123_456_789, topic: 'Algebra', startTime: lesson.startTime, files }));
  await expect
    .poll(async () => (await recordings.json<RecordingPage>('list')).recordings[0]?.ingests[0]?.status)
    .toBe('IGNORED');
  await importClass('R');
  const before = await recordings.run('show', uuid);
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout).toMatch(/^class +none: No opencast series match$/m);
  expect(before.stdout).toMatch(
    new RegExp(`^ {2}${series} +MATH +Lecture +R 09:00 +its meeting has this class; it began 24 h 00 min later$`, 'm'),
  );
  expect(before.stdout).toMatch(/^what happened:\n {2}\S+ {2}webhook {2}recording\.completed.*\n.*WEBHOOK_RECEIVED/m);
  expect(await recordings.run('rematch', uuid)).toMatchObject({
    ...{ code: 1, stderr: expect.stringMatching(/No opencast series match \[recording_ignored\]/) as string },
  });
  expect((await recordings.run('rematch', '--all')).stdout).toBe('0 recordings have found their class.\n');
  expect(await recordings.run('download', uuid, '--out', 'here')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('Nothing of it lies in the storage. [not_found]') as string },
  });

  // What the schedule does by itself, when it is imported.
  await importClass('F');
  const job = `recording:${uuid}`;
  await expect.poll(async () => (await jobs.run('show', job)).code, { timeout: 20_000 }).toBe(0);
  const followed = await jobs.run('show', job, '--follow');
  expect(followed, followed.stderr).toMatchObject({ code: 0 });
  expect(followed.stdout).toMatch(/^status +done$/m);
  const done = await recordings.json<RecordingDetail>('show', uuid);
  expect(done).toMatchObject({
    match: { seriesId: series },
    opencast: [{ eventId: mediaPackage, state: 'SUCCEEDED' }],
  });
  const after = (await recordings.run('show', uuid)).stdout;
  expect(after).toContain(`\nin Opencast:\n  event ${mediaPackage}, workflow `);
  // What was done and why, as the dashboard says it.
  expect(after).toMatch(
    new RegExp(`^series +It went into series ${series} \\(MATH Lecture\\): it is that of its class\\.$`, 'm'),
  );
  expect(after).not.toMatch(/^class /m);
  const week = await schedule.run('show', '--week', '2026-11-20');
  expect(week.stdout.split('\n')[1]).toMatch(/^F 2026-11-20 +09:00 +MATH +Lecture +123456789 +came /);
  expect(week.stdout.split('\n')[1]).toContain(uuid);

  const brought = await recordings.json<{ files: { file: string; bytes: number }[] }>(
    'download',
    uuid,
    '--out',
    'here',
  );
  expect(brought.files.map(({ bytes }) => bytes).sort()).toEqual(Object.values(sizes).sort());
  const names = await readdir(path.join(folder, 'here'));
  expect(names.sort()).toEqual(brought.files.map(({ file }) => path.basename(file)).sort());
  const vtt = names.find((name) => name.endsWith('.vtt'));
  expect(await readFile(path.join(folder, 'here', vtt!), 'utf8')).toBe('WEBVTT\n\n');
  const unknown = await recordings.run('download', uuid, '--out', 'one', '--file', 'no.mp4');
  expect(unknown).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining(`has no no.mp4; it has ${done.fileList[0]!.name}`) as string },
  });
  const one = await recordings.run('download', uuid, '--out', 'one', '--file', done.fileList[0]!.name);
  expect(one.stdout.trim().split('\n')).toHaveLength(1);
  expect(stage.opencast.workflows).toHaveLength(1);
}, 120_000);
