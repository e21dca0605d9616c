import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import validateAsl from 'asl-validator';
import { jobDetailSchema, submittedSchema, type JobDetail } from '../../../src/api/contract.js';
import { submitDefinition } from '../lib/submit-definition.js';
import { run, type Request } from './states.js';

describe('the state machine', () => {
  const definition = submitDefinition({
    endpoint: 'https://reelway.example.org',
    connectionArn: 'arn:aws:events:us-east-1:123456789012:connection/a/b',
  });
  const input = {
    createAssetRequest: { Id: 'a1', PackagingGroupId: 'g', SourceArn: 'arn:aws:s3:::b/k.m3u8', DestinationPath: 'vod' },
  };
  const time = '2026-01-01T00:00:00.000Z';
  const job: JobDetail = {
    ...{ id: 'asset:a1', kind: 'package-asset', title: 'a1', status: 'queued', deadLetter: false },
    ...{ queue: 'assets', turn: 1 },
    ...{ parent: null, createdAt: time, startedAt: null, endedAt: null, updatedAt: time, attempt: 1, progress: null },
    ...{ step: null, failure: null, input: {}, result: null, steps: [], earlierAttempts: [], children: [] },
  };
  const failure = {
    code: 'source_invalid',
    title: 'broken',
    message: 'it is broken',
    help: 'mend it',
    details: {},
  } as const;
  const accepted = { status: 202, body: submittedSchema.parse({ job: job.id, created: true }) };
  /** Accepts the request, then answers looks with the states in turn; every answer is one that the API may give. */
  const server = (...states: Partial<JobDetail>[]) => {
    const asked: Request[] = [];
    return {
      asked,
      answer: (request: Request) => {
        asked.push(request);
        return request.method === 'POST'
          ? accepted
          : { status: 200, body: jobDetailSchema.parse({ ...job, ...states.shift() }) };
      },
    };
  };

  it('is a valid definition', () => {
    const { isValid, errors } = validateAsl(definition as never);
    assert.deepEqual([isValid, errors], [true, []]);
  });

  it('hands the request on as it is, waits, and succeeds with what the job gave', () => {
    const { asked, answer } = server(
      { status: 'queued' },
      { status: 'running' },
      { status: 'done', result: { endpoints: [1] }, failure: null },
    );
    const { status, output } = run(definition as never, input, answer);
    assert.deepEqual([status, output], ['SUCCEEDED', { endpoints: [1] }]);
    assert.deepEqual(asked[0], { method: 'POST', url: 'https://reelway.example.org/api/assets', body: input, at: 0 });
    assert.equal(asked[1]!.url, 'https://reelway.example.org/api/jobs/asset:a1');
    assert.equal(asked.length, 4);
  });

  it('fails as the job fails, or was cancelled', () => {
    const failed = server({ status: 'failed', failure });
    const { status, error, cause } = run(definition as never, input, failed.answer);
    assert.deepEqual([status, error, cause], ['FAILED', 'source_invalid', 'it is broken']);
    assert.equal(run(definition as never, input, server({ status: 'cancelled' }).answer).error, 'cancelled');
  });

  it('tries what passes again, and fails at once with what was refused', () => {
    let attempts = 0;
    const { answer } = server({ status: 'done', result: {} });
    const ended = run(definition as never, input, (request) =>
      request.method === 'POST' && ++attempts < 4 ? { status: 503, body: {} } : answer(request),
    );
    assert.equal(ended.status, 'SUCCEEDED');
    assert.equal(attempts, 4);
    const refused = run(definition as never, input, () => ({ status: 400, body: { detail: 'no' } }));
    assert.equal(refused.error, 'States.Http.StatusCode.400');
  });

  /** A job that is done after so many seconds. */
  const doneAfter = (seconds: number) => (request: Request) =>
    request.method === 'POST'
      ? accepted
      : {
          status: 200,
          body: jobDetailSchema.parse({ ...job, status: request.at < seconds ? 'running' : 'done', result: {} }),
        };

  it('outlives a job of a day, and one of nearly a week, within the events that a history may have', () => {
    const day = run(definition as never, input, doneAfter(86_400));
    assert.equal(day.status, 'SUCCEEDED');
    assert.ok(day.events < 3500, `${day.events} events`);
    const week = run(definition as never, input, doneAfter(6.9 * 86_400));
    assert.equal(week.status, 'SUCCEEDED');
    assert.ok(week.events < 20_000, `${week.events} events`);
    assert.equal(run(definition as never, input, doneAfter(Infinity)).status, 'TIMED_OUT');
  });

  it('sees soon that a job has ended', () => {
    for (const [lasted, late] of [
      [10, 15],
      [60, 30],
      [600, 90],
      [86_400, 300],
    ] as const) {
      const { seconds } = run(definition as never, input, doneAfter(lasted));
      assert.ok(seconds - lasted <= late, `${lasted} s: ${seconds - lasted} s late`);
    }
  });

  it('outlives servers that are being replaced at each third look', () => {
    let looks = 0;
    const job = doneAfter(86_400);
    const ended = run(definition as never, input, (request) =>
      ++looks % 3 === 0 ? { status: 503, body: {} } : job(request),
    );
    assert.equal(ended.status, 'SUCCEEDED');
    assert.ok(ended.events < 5000, `${ended.events} events`);
  });
});
