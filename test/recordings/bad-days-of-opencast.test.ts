import { describe, expect, it, vi } from 'vitest';
import { some } from '../support/extent.js';
import { itLong } from '../support/it-long.js';
import { elements, mediaPackage, quick, submitLesson, whole } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';

describe('bad days of Opencast', () => {
  it('an unknown series or workflow is refused before anything is fetched', async () => {
    const stage = await recordingsStage();
    const server = await startReelway(stage);
    const unknown = await submitLesson(server.services, { series: { id: 'none', title: 'Lecture' } });
    await expect(unknown.result()).rejects.toMatchObject({ code: 'opencast_series_unknown' });
    expect((await unknown.statuses()).at(-1)).toBe('UPLOADER_FAILED');
    const other = await submitLesson(server.services, { opencastWorkflow: 'no-such' });
    await expect(other.result()).rejects.toMatchObject({ code: 'opencast_workflow_unknown' });
    expect(stage.zoom.requests).toEqual([]);
    expect(stage.opencast.workflows).toEqual([]);
    stage.opencast.series.set('none', { title: 'Late' });
    await (await submitLesson(server.services, { series: { id: 'none', title: 'Lecture' } })).result();
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  it('a wrong password is said as such', async () => {
    const stage = await recordingsStage({ OPENCAST_API_PASSWORD: 'wrong' });
    const server = await startReelway(stage);
    await expect((await submitLesson(server.services)).result()).rejects.toMatchObject({ code: 'opencast_forbidden' });
  });

  const refusals: [string, { kind: 'cut' } | { kind: 'status'; status: number }][] = [
    ['down', { kind: 'cut' }],
    ['out of order', { kind: 'status', status: 503 }],
    ['broken', { kind: 'status', status: 500 }],
  ];
  it.each(some(refusals))(
    '%s at every kind of request for a while: it goes on, and there is one event',
    async (_, fault) => {
      const stage = await recordingsStage();
      const failed = new Map<string, number>();
      stage.opencast.fault = ({ method, path }) => {
        const kind = `${method} ${path.split('/').slice(0, 3).join('/')}`;
        const times = failed.get(kind) ?? 0;
        failed.set(kind, times + 1);
        return times < 2 ? fault : undefined;
      };
      const server = await startReelway(stage, {
        ...quick,
        patience: { attempts: 50, pauseMs: 5, longestPauseMs: 100 },
      });
      await (await submitLesson(server.services)).result();
      expect(stage.opencast.workflows).toHaveLength(1);
      expect(elements(stage.opencast.workflows[0])).toEqual(whole);
      expect([...failed.keys()]).toContain('POST /ingest/ingest');
    },
    30_000,
  );

  const lost: [string, string, object][] = [
    ['stock', 'a cut connection', { kind: 'cut', afterDoing: true }],
    ['stock', '500', { kind: 'status', status: 500, afterDoing: true }],
    ['stock', 'a proxy that gave up', { kind: 'status', status: 504, afterDoing: true }],
    ['harvard', 'a cut connection', { kind: 'cut', afterDoing: true }],
    ['harvard', '500', { kind: 'status', status: 500, afterDoing: true }],
    ['harvard', 'a proxy that gave up', { kind: 'status', status: 504, afterDoing: true }],
  ];
  it.each(some(lost))(
    '%s: it took everything and answered with %s: nothing is started twice',
    async (profile, _, fault) => {
      const stage = await recordingsStage({ OPENCAST_PROFILE: profile });
      stage.opencast.indexLagMs = 3_600_000;
      let hit = 0;
      stage.opencast.fault = ({ path }) =>
        /\/ingest\/(ingest|addMediaPackage)\//.test(path) && hit++ === 0 ? (fault as { kind: 'cut' }) : undefined;
      const server = await startReelway(stage);
      const { result } = await submitLesson(server.services);
      expect(await result()).toMatchObject({ outcome: 'ingested', eventId: mediaPackage });
      expect(hit).toBe(1);
      expect(stage.opencast.workflows).toHaveLength(1);
    },
  );

  it('busy: no further ingest begins until there is a place', async () => {
    const stage = await recordingsStage({ OC_TRACK_UPLOAD_MAX: '3' });
    stage.opencast.busy = 3;
    const server = await startReelway(stage, {
      ...quick,
      patience: { attempts: 1000, pauseMs: 5, longestPauseMs: 20 },
    });
    const { result, id } = await submitLesson(server.services);
    await vi.waitFor(
      async () => {
        const { step } = await server.services.engine.jobs.show(id);
        expect(step).toMatchObject({ name: 'wait for a place in Opencast' });
      },
      { timeout: 20_000 },
    );
    expect(stage.opencast.workflows).toHaveLength(0);
    stage.opencast.busy = 2;
    await result();
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  it('has a place for one ingest: another begins to send when the first has sent all', async () => {
    const stage = await recordingsStage({ OC_TRACK_UPLOAD_MAX: '1' });
    stage.opencast.fault = ({ path }) => (path === '/ingest/addTrack' ? { kind: 'slow', ms: 100 } : undefined);
    const server = await startReelway(stage, {
      ...quick,
      patience: { attempts: 1000, pauseMs: 5, longestPauseMs: 20 },
    });
    const more = { trackingId: 'once more', origin: 'on_demand', allowMultipleIngests: true } as const;
    const ingests = [await submitLesson(server.services), await submitLesson(server.services, more)];
    for (const { result } of ingests) await result();
    const sent = stage.opencast.requests.flatMap((line) => /createMediaPackage|ingest\/ingest/.exec(line) ?? []);
    expect(sent).toEqual(['createMediaPackage', 'ingest/ingest', 'createMediaPackage', 'ingest/ingest']);
  });

  it('a workflow that fails is reported, and followed to its end when somebody has mended it', async () => {
    const stage = await recordingsStage();
    stage.opencast.states = () => ['INSTANTIATED', 'RUNNING', 'RUNNING', 'FAILED'];
    const server = await startReelway(stage);
    const { result, statuses, id } = await submitLesson(server.services);
    await expect(result()).rejects.toMatchObject({
      code: 'opencast_workflow_failed',
      message: expect.stringContaining('"Encode"') as string,
    });
    expect((await statuses()).at(-1)).toBe('OPENCAST_FAILED');
    await expect
      .poll(() => stage.notices, { timeout: 20_000 })
      .toEqual([expect.stringContaining('The workflow in Opencast failed')]);
    stage.opencast.workflows[0]!.states = ['RUNNING', 'SUCCEEDED'];
    await server.services.engine.jobs.retry(id);
    await result();
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  it('a refusal of the start because another workflow runs is waited out', async () => {
    const stage = await recordingsStage();
    let refused = 0;
    stage.opencast.fault = ({ path }) =>
      path.startsWith('/ingest/ingest/') && refused++ < 2 ? { kind: 'status', status: 409 } : undefined;
    const server = await startReelway(stage);
    expect(await (await submitLesson(server.services)).result()).toMatchObject({ outcome: 'ingested' });
    expect(refused).toBe(3);
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  itLong('a workflow without end is reported after some time, and followed on when somebody says so', async () => {
    const stage = await recordingsStage();
    stage.opencast.states = () => ['RUNNING'];
    const server = await startReelway(stage, { ...quick, follow: { ...quick.follow, patienceMs: 300 } });
    const { result, statuses, id } = await submitLesson(server.services);
    await expect(result()).rejects.toMatchObject({
      ...{ code: 'opencast_workflow_failed', message: expect.stringContaining('has not ended') as string },
    });
    expect((await statuses()).at(-1)).toBe('OPENCAST_FAILED');
    stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
    await server.services.engine.jobs.retry(id);
    await result();
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  itLong('slow at everything: it takes its time', async () => {
    const stage = await recordingsStage();
    stage.opencast.fault = () => ({ kind: 'slow', ms: 150 });
    stage.zoom.behave({ downloadDelay: 500 });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    expect(elements(stage.opencast.workflows[0])).toEqual(whole);
  });
});
