import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { storedToken } from '../../domain/api-token.js';
import type { Tally } from '../../status/tally.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import type { ApiServer } from '../http-types.js';
import { apiServer, stop } from '../server.js';

const secret = 'a-secret-of-the-tests';
const headers = { authorization: `Bearer ${secret}` };

describe('/metrics', () => {
  const services = dashboardServices();
  let databaseAnswers = true;
  let app: ApiServer;
  beforeAll(async () => {
    const fromDatabase = <T>(value: T) =>
      databaseAnswers ? Promise.resolve(value) : Promise.reject(new Error('no connection'));
    const view = {
      jobCounts: () => fromDatabase([{ kind: 'package-asset', status: 'running' as const, count: 3 }]),
      queues: () => fromDatabase([{ name: 'endpoints', waiting: 4, running: 2, oldestWaiting: Date.now() - 90_000 }]),
      workers: () => fromDatabase([{ id: 'a', host: 'h', pid: 1, seenAt: new Date(), running: 2 }]),
      deadLetters: () => fromDatabase(5),
      lastDone: () => fromDatabase(1_800_000_000_000),
    };
    const tally: Tally = new Map([
      ['reelway_recordings_total', new Map([['published', 7]])],
      [
        'reelway_recording_pipeline_seconds',
        new Map([
          ['60', 2],
          ['1800', 1],
          ['+Inf', 1],
          ['sum', 90_000],
        ]),
      ],
    ]);
    const metricSources = {
      ...{ version: '1.2.3', view, tally: () => fromDatabase(tally) },
      disks: () => Promise.resolve([{ path: '/media', free: 25, total: 100 }]),
      checks: () => Promise.resolve([{ name: 'database', ok: databaseAnswers }]),
    };
    app = await apiServer(
      {
        ...{ log: pino({ level: 'silent' }), version: '1.2.3', checks: [], assets: emptyAssets },
        ...{ ...services, ...emptyEngine, metricSources },
        tokens: () => [storedToken('tests', secret)],
        packagingGroups: packagingGroups('/nowhere'),
        endpoints: { find: () => Promise.resolve(undefined) },
      },
      { host: '127.0.0.1', port: 0, publicUrl: undefined },
    );
  });
  afterAll(() => stop(app));

  const scrape = async () => (await app.inject({ url: '/metrics', headers })).body.split('\n');

  it('needs a token, on loopback too', async () => {
    expect((await app.inject('/metrics')).statusCode).toBe(401);
    const { statusCode, headers: answered } = await app.inject({ url: '/metrics', headers });
    expect(statusCode).toBe(200);
    expect(answered['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('says what the database knows now, and nothing old when it does not answer', async () => {
    const lines = await scrape();
    expect(lines).toEqual(
      expect.arrayContaining([
        'reelway_info{version="1.2.3"} 1',
        'reelway_jobs{kind="package-asset",status="running"} 3',
        'reelway_dead_letters 5',
        'reelway_queue_jobs{queue="endpoints",status="waiting"} 4',
        'reelway_workers 1',
        'reelway_last_done_timestamp_seconds 1800000000',
        'reelway_recordings_total{outcome="published"} 7',
        'reelway_recordings_total{outcome="too_short"} 0',
        'reelway_opencast_workflows_total 0',
        'reelway_disk_free_bytes{path="/media"} 25',
        'reelway_check_ok{check="database"} 1',
      ]),
    );
    const oldest = lines.find((line) => line.startsWith('reelway_queue_oldest_waiting_seconds{queue="endpoints"}'));
    expect(Number(oldest?.split(' ')[1])).toBeGreaterThanOrEqual(90);

    databaseAnswers = false;
    const later = await scrape();
    databaseAnswers = true;
    expect(later).toContain('reelway_check_ok{check="database"} 0');
    expect(
      later.filter((line) => /^reelway_(jobs\{|dead_letters|queue_|workers|last_done|recording|opencast)/.test(line)),
    ).toEqual([]);
  });

  it('has histograms of the database as Prometheus has them: each bucket holds those below', async () => {
    const lines = (await scrape()).filter((line) => line.includes('reelway_recording_pipeline_seconds'));
    expect(lines).toContain('# TYPE reelway_recording_pipeline_seconds histogram');
    const value = (series: string) =>
      Number(lines.find((line) => line.startsWith(`reelway_recording_pipeline_seconds_${series} `))?.split(' ')[1]);
    expect(['60', '900', '1800', '86400', '+Inf'].map((le) => value(`bucket{le="${le}"}`))).toEqual([2, 2, 3, 3, 4]);
    expect([value('sum'), value('count')]).toEqual([90_000, 4]);
  });

  it('counts what Zoom tells, from the start on, and so refused webhooks', async () => {
    services.metrics.zoomEvent('recording.completed');
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'reelway_zoom_events_total{event="recording.completed"} 1',
        'reelway_zoom_events_total{event="meeting.started"} 0',
        'reelway_http_requests_total{method="POST",route="/new_recording",status="401"} 0',
      ]),
    );
  });

  it('counts requests by the pattern of their route, whatever is asked for', async () => {
    for (const path of ['/api/jobs/one', '/api/jobs/two', '/nowhere/1', '/nowhere/2'])
      await app.inject({ url: path, headers });
    const lines = (await scrape()).filter((line) => line.startsWith('reelway_http_requests_total'));
    expect(lines).toContain('reelway_http_requests_total{method="GET",route="/api/jobs/:id",status="404"} 2');
    expect(lines).toContain('reelway_http_requests_total{method="GET",route="none",status="404"} 2');
    expect(lines.join()).not.toMatch(/\/one|\/two|nowhere/);
  });

  it('has unexpected errors from the start on, so that the first one is an increase', async () => {
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'reelway_step_failures_total{code="internal",outcome="again"} 0',
        'reelway_step_failures_total{code="internal",outcome="failed"} 0',
      ]),
    );
  });

  it('counts jobs, failed attempts and bytes', async () => {
    services.metrics.jobEnded('tell', 'done');
    services.metrics.stepFailed('storage_full', 'again');
    services.metrics.moved({ read: 10, written: 20 });
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'reelway_jobs_ended_total{kind="tell",status="done"} 1',
        'reelway_step_failures_total{code="storage_full",outcome="again"} 1',
        'reelway_read_bytes_total 10',
        'reelway_written_bytes_total 20',
      ]),
    );
  });

  it('answers two at a time, each whole', async () => {
    const answers = await Promise.all([scrape(), scrape(), scrape()]);
    for (const lines of answers) expect(lines).toContain('reelway_queue_jobs{queue="endpoints",status="running"} 2');
  });
});
