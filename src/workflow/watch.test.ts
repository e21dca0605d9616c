import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { createDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { httpClient } from '../net/request.js';
import { trusting } from '../net/safe-url.js';
import type { Notice } from '../notify/notice.js';
import { webhook } from '../notify/webhook.js';
import { alertTable } from '../status/alert-table.js';
import { openEngine } from './engine-fixture.case.js';
import { giveNotice, tell } from './tell.js';
import { watch, type WatchOptions } from './watch.js';

const minute = 60_000;

/** Somebody who is told, and answers as it is set. */
async function receiver() {
  const told: string[] = [];
  const answers = { status: 204 };
  const { origin } = await loopbackServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (answers.status < 300) told.push((JSON.parse(Buffer.concat(pieces).toString()) as Notice).subject);
      response.writeHead(answers.status).end();
    });
  });
  const url = `${origin}/hook?key=a-secret-of-the-tests`;
  const notifier = webhook({ url, http: httpClient({ policy: trusting(url, { privateHosts: [] }) }) });
  return { told, answers, notifier, origin };
}

/** A watch over a real engine, whose notices go to so many targets. */
async function stage(targets: number) {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-watch-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  const receivers = await Promise.all(Array.from({ length: targets }, receiver));
  const workflow = tell(receivers.map(({ notifier }) => notifier));
  const {
    engine,
    database: opened,
    close,
  } = await openEngine({
    ...{ dataFolder, databaseUrl: database.url, workflows: [workflow] },
  });
  onTestFinished(close);
  const logged: string[] = [];
  const give = (notice: Notice, target: number) => giveNotice(engine, workflow, { notice, target });
  const options: WatchOptions = {
    ...{ alerts: alertTable(opened.tables), isDue: () => Promise.resolve(true), probes: [], lastValidation: undefined },
    ...{ queues: () => Promise.resolve([]), disks: () => Promise.resolve([]), classes: () => Promise.resolve([]) },
    ...{ timeZone: 'UTC', classHours: 0, publicUrl: () => 'http://127.0.0.1:8080', tell: give },
    targets: receivers.map(({ notifier }) => notifier.target),
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
  };
  /** Every notice so far has been taken or refused for good. */
  const settled = () =>
    expect
      .poll(async () => (await engine.jobs.list({ parent: 'any', status: ['queued', 'running'] })).jobs, {
        timeout: 20_000,
      })
      .toEqual([]);
  const look = async (at: number) => {
    await watch(options).look(at);
    await settled();
  };
  const notice = (id: string): Notice => ({
    ...{ id, subject: id, text: id },
    data: { Type: 'NOTIFICATION', Message: id, Id: id },
  });
  return { engine, tables: opened.tables, receivers, options, give, look, settled, notice, logged };
}

const jobsOf = async ({ engine }: Awaited<ReturnType<typeof stage>>) =>
  (await engine.jobs.list({ kind: ['tell'], parent: 'any' })).jobs;

describe.runIf(requires('postgres'))('a target that takes no notices', () => {
  it('is told of to the others, once, and so is that it takes them again', async () => {
    const scene = await stage(3);
    const { receivers, engine, look, give, settled, notice } = scene;
    const [good, bad, other] = receivers as [(typeof receivers)[0], (typeof receivers)[0], (typeof receivers)[0]];
    bad.answers.status = 403;
    for (const target of receivers.keys()) await give(notice('first'), target);
    await settled();
    for (let at = 0; at <= 20; at++) await look(at * minute);
    const alert = `Alert: Target 2 of REELWAY_NOTIFY, ${bad.origin}, does not take notices`;
    expect([good.told, other.told]).toEqual([
      ['first', alert],
      ['first', alert],
    ]);
    expect(await jobsOf(scene)).toHaveLength(5);

    bad.answers.status = 204;
    await engine.jobs.retry('notice:first:2');
    await settled();
    await look(21 * minute);
    expect(good.told.at(-1)).toBe(alert.replace('Alert', 'Over'));
    expect(bad.told).toEqual(['first']);
    await look(30 * minute);
    expect(await jobsOf(scene)).toHaveLength(7);
  });

  it('is still one while a retry waits, is none once its notices are dismissed; alone it is in the log only', async () => {
    const scene = await stage(1);
    const { receivers, engine, options, give, settled, notice, look, logged } = scene;
    await give(notice('taken'), 0);
    await settled();
    receivers[0]!.answers.status = 403;
    await give(notice('refused'), 0);
    await settled();
    await look(0);
    await look(6 * minute);
    expect(logged.join('')).toContain(`does not take notices`);
    expect(logged.join('')).not.toContain('a-secret-of-the-tests');
    expect(await jobsOf(scene)).toHaveLength(2);

    receivers[0]!.answers.status = 503; // tried again and again
    await engine.jobs.retry('notice:refused:1');
    expect(await options.alerts.refusingTargets()).toEqual([0]);
    await engine.jobs.cancel('notice:refused:1');
    receivers[0]!.answers.status = 403;
    await engine.jobs.retry('notice:refused:1');
    await settled();
    expect(await options.alerts.refusingTargets()).toEqual([0]);
    await engine.jobs.dismiss('notice:refused:1');
    expect(await options.alerts.refusingTargets()).toEqual([]);
  });
});

describe.runIf(requires('postgres'))('an alert', () => {
  it('that was told before a kill, and not noted, is told no second time', async () => {
    const scene = await stage(1);
    const { receivers, options, tables, look, give, settled } = scene;
    const hosts = ['w1', 'w2'].map((id) => ({ id, host: 'h' }));
    await tables.insertInto('lost_worker').values(hosts).execute();
    const killed = watch({
      ...options,
      async tell(notice, target) {
        await give(notice, target);
        throw new Error('killed');
      },
    });
    await expect(killed.look(0)).rejects.toThrow('killed');
    await settled();
    // One of them is over meanwhile, and another one has come.
    await tables.deleteFrom('lost_worker').where('id', '=', 'w2').execute();
    await tables.insertInto('lost_worker').values({ id: 'w0', host: 'h' }).execute();
    await look(minute);
    expect(receivers[0]!.told).toEqual([
      'Alert: Workers went without a word; the others have taken over their jobs (2)',
      'Alert: Worker w0 on h went without a word',
    ]);
  });

  it('about a worker that went is over an hour later, when others have long had its jobs', async () => {
    const { receivers, tables, look } = await stage(1);
    await tables.insertInto('lost_worker').values({ id: 'w1', host: 'h' }).execute();
    await look(0);
    await look(minute);
    await tables
      .updateTable('lost_worker')
      .set({ lost_at: new Date(Date.now() - 61 * minute) })
      .execute();
    await look(61 * minute);
    await look(62 * minute);
    expect(receivers[0]!.told).toEqual([
      'Alert: Worker w1 on h went without a word',
      'Over: Worker w1 on h went without a word',
    ]);
  });
});
