import { describe, expect, it, vi } from 'vitest';
import { lesson, series, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { reelway } from '../support/reelway.js';

interface Line {
  readonly job: string;
  readonly step?: string;
  readonly level: number;
  readonly msg: string;
}

const secret = '0123456789abcdef';

describe('the logs of a recording', () => {
  it('are told by its meeting, through the server and without it; debug has the steps in them', async () => {
    const stage = await recordingsStage({ REELWAY_API_TOKENS: `desk@operator:${secret}` });
    const { environment: env } = stage;
    const run = (...parameters: string[]) => reelway(parameters, { env });
    const server = await startReelway(stage);
    const ask = (at: string, init: RequestInit = {}) =>
      fetch(server.url + at, {
        ...init,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      });
    expect((await ask('/api/debug', { method: 'PUT', body: '{"seconds":60}' })).status).toBe(403);
    expect((await run('debug', 'on', '--for', '10m')).stdout).toMatch(/^Everything is logged until 20.*Z\.\n$/);
    // The processes look every two seconds.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const order = { method: 'POST', body: JSON.stringify({ uuid, seriesId: series }) };
    expect((await ask('/api/recordings/ingest', order)).status).toBe(202);
    const logs = `/api/jobs/${String(lesson.id)}/logs`;
    await vi.waitFor(async () => expect(await (await ask(logs)).json()).toMatchObject({ ended: true }), {
      ...{ timeout: 90_000, interval: 500 },
    });
    const { stdout } = await run('logs', uuid, '--follow', '--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const job = `recording:${uuid}`;
    expect(lines[0]).toMatchObject({ job, msg: 'job begins', level: 30 });
    expect(lines).toContainEqual(expect.objectContaining({ job, msg: 'job done' }));
    const sent = { msg: 'recording', status: 'SENT_TO_OPENCAST', minutes: 50, minutesInPipeline: 0 };
    expect(lines).toContainEqual(expect.objectContaining({ job, recording: uuid, ...sent }));
    expect(lines).toContainEqual(expect.objectContaining({ job, level: 20, msg: 'step done', step: 'list the files' }));
    await server.stop();
    expect((await run('logs', String(lesson.id))).stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}job begins {2}/);
    expect(await run('logs', 'nobody')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('[not_found]') as string },
    });
  }, 300_000);
});
