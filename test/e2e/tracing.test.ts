import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { projectRoot, runningReelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';

describe.runIf(requires('postgres'))('traces of a server and a worker', () => {
  const secret = 'a-secret-of-the-tests-of-traces';
  const commands = runningReelway();
  let database: TestDatabase;
  let receiver: OtlpReceiver;
  let folder: string;
  beforeAll(async () => {
    [database, receiver] = await Promise.all([createDatabase(), startOtlpReceiver()]);
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-tracing-'));
  });
  afterAll(async () => {
    commands.kill();
    await receiver.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (command: 'serve' | 'worker', ready: RegExp) =>
    commands.start(command, ready, {
      DATABASE_URL: database.url,
      REELWAY_DATA_DIR: path.join(folder, 'data'),
      REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
      REELWAY_PORT: '0',
      REELWAY_API_TOKENS: `tests:${secret}`,
      LOG_LEVEL: 'error',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${command}`,
      OTEL_BSP_SCHEDULE_DELAY: '100', // milliseconds between batches
    });

  /** Asks for an asset as a part of a trace of the caller's own. @returns the trace's id */
  async function ask(url: string, id: string): Promise<string> {
    const trace = randomBytes(16).toString('hex');
    const answer = await fetch(`${url}/api/assets`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        traceparent: `00-${trace}-${callersSpan}-01`,
      },
      body: JSON.stringify({
        ...{ id, packagingGroupId: 'tests', destination: { path: 'vod' } },
        source: path.join(projectRoot, 'examples/sample/index.m3u8'),
        packagingGroup: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
      }),
    });
    expect(answer.status).toBe(202);
    return trace;
  }
  const callersSpan = '00f067aa0ba902b7';
  const of = (trace: string) => receiver.spans.filter(({ traceId }) => traceId === trace);

  it('one trace goes from the request through jobs of both processes to the last step', async () => {
    const server = await start('serve', /ready: (\S+)/);
    const worker = await start('worker', /is ready/);
    // Either may take a job: asked until the worker has taken one that the server was asked for.
    const traces: string[] = [];
    const shared = () =>
      traces.find((trace) => {
        const jobs = of(trace).filter(({ kind }) => kind === consumer);
        return jobs.some(({ name }) => name === 'package-asset') && jobs.some(({ instance }) => instance === 'worker');
      });
    await expect
      .poll(
        async () => {
          if (traces.length < 40) traces.push(await ask(server.said, `traced-${traces.length}`));
          return shared();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toBeDefined();

    const stopped = [worker, server].map(({ child }) => once(child, 'exit'));
    for (const { child } of [worker, server]) child.kill('SIGTERM');
    expect(await Promise.all(stopped)).toEqual([
      [0, null],
      [0, null],
    ]);

    const spans = of(shared()!);
    const request = spans.find(({ kind }) => kind === serverKind)!;
    expect(request).toMatchObject({ instance: 'serve', name: 'POST /api/assets', parentSpanId: callersSpan });
    expect(spans.filter(({ kind }) => kind === consumer).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['package-asset', 'package-endpoint']),
    );
    expect(spans.filter(({ kind, instance }) => kind === internal && instance === 'worker')).not.toEqual([]);
    for (const span of spans) expect(topOf(span, spans)).toBe(request);
    expect(receiver.refused).toEqual([]);
  }, 120_000);

  function topOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): ReceivedSpan {
    const above = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return above ? topOf(above, spans) : span;
  }
  const [internal, serverKind, consumer] = [1, 2, 5];
});
