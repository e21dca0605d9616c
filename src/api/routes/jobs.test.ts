import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { createDataFolder, type TestDataFolder } from '../../../test/support/embedded-data-folder.js';
import { storedToken } from '../../domain/api-token.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import { effects, openEngine, openGate, stageWorkflows, type Stage } from '../../workflow/engine-fixture.case.js';
import { jobDetailSchema, jobPageSchema, jobSummarySchema, problemSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';
import { apiServer, listen, stop } from '../server.js';

const secret = 'a-secret-of-the-tests';
const authorization = `Bearer ${secret}`;
let place: TestDataFolder;
let stage: Stage;
let workflows: ReturnType<typeof stageWorkflows>;
let running: Awaited<ReturnType<typeof openEngine>>;
let app: ApiServer;
let url: string;

beforeAll(async () => {
  place = await createDataFolder();
  stage = { folder: await mkdtemp(path.join(tmpdir(), 'reelway-stage-')) };
  workflows = stageWorkflows(stage);
  running = await openEngine({ ...place, workflows: Object.values(workflows) });
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  app = await apiServer(
    {
      ...{ log: pino({ level: 'silent' }), version: '0.0.0', checks: [], assets: emptyAssets },
      ...dashboardServices(),
      tokens: () => [storedToken('tests', secret)],
      packagingGroups: packagingGroups(path.join(stage.folder, 'groups')),
      endpoints: { find: () => Promise.resolve(undefined) },
      ...running.engine,
    },
    options,
  );
  url = await listen(app, options);
});
afterAll(async () => {
  await stop(app);
  await running.close();
  await place.remove();
  await rm(stage.folder, { recursive: true });
});

async function ask<T extends z.ZodType>(schema: T, at: string, method = 'GET') {
  const response = await fetch(`${url}${at}`, { method, headers: { authorization } });
  return { status: response.status, body: schema.parse(await response.json()) };
}

/** Reads server-sent events until one satisfies the test. */
async function eventsUntil(at: string, wanted: (job: z.infer<typeof jobSummarySchema>) => boolean) {
  const leave = new AbortController();
  const response = await fetch(`${url}${at}`, { headers: { authorization }, signal: leave.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const seen: z.infer<typeof jobSummarySchema>[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const [, data] = /^event: job\ndata: (.*)$/.exec(event) ?? [];
      if (data) seen.push(jobSummarySchema.parse(JSON.parse(data)));
    }
    const found = seen.find(wanted);
    if (found) {
      leave.abort();
      return { found, seen };
    }
  }
  return expect.unreachable('the stream ended');
}

const until = (effect: string) =>
  expect.poll(() => effects(stage), { timeout: 30_000, interval: 20 }).toContain(effect);

describe('jobs over HTTP', () => {
  it('are listed, filtered and paged', async () => {
    for (const key of ['a1', 'a2', 'a3']) {
      await running.engine.submit(workflows.chain, `chain:${key}`, { key, steps: 1 });
      await running.engine.result(`chain:${key}`);
    }
    const first = await ask(jobPageSchema, '/api/jobs?kind=chain&status=done&limit=2');
    expect(first.body.jobs.map(({ id, status }) => [id, status])).toEqual([
      ['chain:a3', 'done'],
      ['chain:a2', 'done'],
    ]);
    const second = await ask(jobPageSchema, `/api/jobs?kind=chain&limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ jobs: [{ id: 'chain:a1' }], next: null });
    expect((await ask(jobPageSchema, '/api/jobs?status=queued&status=running')).body.jobs).toEqual([]);
  });

  it.each([
    ['/api/jobs?status=lost', 400, 'invalid_request'],
    ['/api/jobs?limit=0', 400, 'invalid_request'],
    ['/api/jobs?cursor=x', 400, 'invalid_request'],
    ['/api/jobs/next?limit=0', 400, 'invalid_request'],
    ['/api/jobs/nobody', 404, 'not_found'],
    ['/api/jobs/nobody/events', 404, 'not_found'],
  ])('answer %s with a problem', async (at, status, code) => {
    expect(await ask(problemSchema, at)).toMatchObject({ status, body: { code } });
  });

  it('that wait are told in the order in which they begin, some of each queue', async () => {
    const { submit, result } = running.engine;
    const places = ['n1', 'n2'].map((key) => `crowd:${key}`);
    for (const id of places) await submit(workflows.crowd, id, { key: id, gate: 'next' });
    for (const id of places) await until(`${id} in`);
    const waiting = { batch: [1, 2], 'on-demand': [3, 4] } as const;
    for (const urgency of ['batch', 'on-demand'] as const)
      for (const n of waiting[urgency]) await submit(workflows.turn, `turn:${n}`, { group: urgency, n }, { urgency });
    const { body } = await ask(jobPageSchema.pick({ jobs: true }), '/api/jobs/next?limit=3');
    expect(body.jobs.map(({ id }) => id)).toEqual(['turn:3', 'turn:4', 'turn:1']);
    expect(body.jobs[1]!.turn).toBeLessThan(body.jobs[2]!.turn);
    openGate(stage, 'next');
    for (const id of [...places, 'turn:1', 'turn:2', 'turn:3', 'turn:4']) await result(id);
  });

  it('need a token', async () => {
    for (const at of ['/api/jobs', '/api/jobs/x', '/api/jobs/events', '/api/jobs/x/events']) {
      expect((await fetch(`${url}${at}`)).status).toBe(401);
    }
  });

  it('are shown whole, and retried after a failure', async () => {
    await running.engine.submit(workflows.failing, 'failing:b', { key: 'b', code: 'source_invalid', failures: 1 });
    const { found } = await eventsUntil('/api/jobs/failing:b/events', ({ status }) => status === 'failed');
    expect(found).toMatchObject({ deadLetter: true, failure: { code: 'source_invalid' } });
    expect((await ask(jobPageSchema, '/api/jobs?deadLetter=true')).body.jobs).toMatchObject([{ id: 'failing:b' }]);
    expect(await ask(jobSummarySchema, '/api/jobs/failing:b/retry', 'POST')).toMatchObject({ status: 200 });
    await running.engine.result('failing:b');
    const { body } = await ask(jobDetailSchema, '/api/jobs/failing:b');
    expect(body).toMatchObject({
      status: 'done',
      attempt: 2,
      earlierAttempts: [{ status: 'failed' }],
      result: { tried: 2 },
    });
    expect(await ask(problemSchema, '/api/jobs/failing:b/cancel', 'POST')).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await ask(problemSchema, '/api/jobs/failing:b/dismiss', 'POST')).toMatchObject({ status: 409 });
  });

  it('are watched live, and cancelled', async () => {
    await running.engine.submit(workflows.crowd, 'crowd:c', { key: 'c', gate: 'c' });
    const one = eventsUntil('/api/jobs/crowd:c/events', ({ status }) => status === 'cancelled');
    const all = eventsUntil('/api/jobs/events', ({ id, status }) => id === 'crowd:c' && status === 'cancelled');
    await until('c in');
    await eventsUntil(
      '/api/jobs/crowd:c/events',
      ({ status, progress }) => status === 'running' && progress?.done === 1,
    );
    expect(await ask(jobSummarySchema, '/api/jobs/crowd:c/cancel', 'POST')).toMatchObject({
      body: { status: 'cancelled' },
    });
    // A watcher is told the latest state, not each one on the way to it.
    expect((await one).seen.at(-1)).toMatchObject({ status: 'cancelled' });
    await all;
  });

  it('tell of children with their parent', async () => {
    const children = [{ key: 'd1', code: 'source_unavailable', failures: 1 }];
    await running.engine.submit(workflows.family, 'family:d', { key: 'd', children });
    const { seen } = await eventsUntil(
      '/api/jobs/family:d/events',
      ({ id, status }) => id === 'family:d' && status === 'done',
    );
    expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(['family:d', 'family:d:d1']));
  });

  it('let the server stop while somebody watches', async () => {
    const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
    const other = await apiServer(
      {
        ...{ log: pino({ level: 'silent' }), version: '0.0.0', checks: [], assets: emptyAssets },
        ...dashboardServices(),
        tokens: () => [storedToken('tests', secret)],
        packagingGroups: packagingGroups(path.join(stage.folder, 'groups')),
        endpoints: { find: () => Promise.resolve(undefined) },
        ...running.engine,
      },
      options,
    );
    const response = await fetch(`${await listen(other, options)}/api/jobs/events`, { headers: { authorization } });
    const [text] = await Promise.all([response.text(), stop(other)]);
    expect(text).toBe('retry: 2000\n\n');
    openGate(stage, 'c');
  });
});
