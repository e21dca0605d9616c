import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { embeddedDatabase, serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { eventInbox, type EventInbox } from './event-inbox.js';
import { jobHistory } from './job-history.js';

describe('the inbox on the embedded database', () => inboxContract(embeddedDatabase));
describe.runIf(requires('postgres'))('the inbox on a PostgreSQL server', () => inboxContract(serverDatabase));

describe.runIf(requires('postgres'))('the inbox of processes whose clocks differ', () => {
  it('does not give what another took to a process whose clock is ahead', async () => {
    const opened = await serverDatabase();
    onTestFinished(() => opened.remove());
    const inbox = eventInbox(opened.database.tables);
    const given = { key: 'event', name: 'recording.stopped', body: {} };
    await inbox.put(given);
    expect(await inbox.take(10, 60_000)).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await inbox.take(10, 60_000)).toEqual([]);
    await inbox.failed(given.key, { code: 'zoom_unavailable', message: 'later', details: {} }, 60_000);
    vi.useRealTimers();
    await inbox.keep([given.key], 0);
    await expect.poll(async () => (await inbox.take(10, 60_000)).map(({ key }) => key)).toEqual([given.key]);
  });
});

function inboxContract(open: () => Promise<OpenedDatabase>): void {
  let opened: OpenedDatabase;
  let inbox: EventInbox;
  beforeAll(async () => {
    opened = await open();
    inbox = eventInbox(opened.database.tables);
  });
  afterAll(() => opened.remove());

  let count = 0;
  const event = (change: { key?: string; body?: unknown } = {}) => ({
    ...{ key: `event ${++count}`, name: 'recording.stopped', uuid: 'u', body: { n: count } },
    ...change,
  });
  const drain = async () => {
    for (const { key } of await inbox.take(1000, 60_000)) await inbox.handled(key, 'drained');
  };
  const failure = { code: 'zoom_unavailable', message: 'later', details: {} } as const;

  it('gives what was put in once, in order, however many were put in at the same time', async () => {
    const events = Array.from({ length: 700 }, () => event());
    await Promise.all(events.map((each) => inbox.put(each)));
    const [first, second] = await Promise.all([inbox.take(400, 60_000), inbox.take(400, 60_000)]);
    const taken = [...first, ...second].map(({ key }) => key);
    expect(new Set(taken)).toEqual(new Set(events.map(({ key }) => key)));
    expect(taken).toHaveLength(700);
    expect(first.map(({ key }) => key)).toEqual(first.map(({ key }) => key).sort(byNumber));
    for (const key of taken) await inbox.handled(key, 'done');
    expect(await inbox.take(10, 60_000)).toEqual([]);
  });

  it('keeps the first of events of one key, also after it was handled', async () => {
    const given = event();
    await Promise.all([inbox.put(given), inbox.put({ ...given, body: { n: 'other' } })]);
    const taken = await inbox.take(10, 60_000);
    expect(taken).toMatchObject([{ key: given.key, body: { n: count }, failedAttempts: 0 }]);
    await inbox.handled(given.key, 'done');
    await inbox.put(given);
    expect(await inbox.take(10, 60_000)).toEqual([]);
  });

  it('gives an event again when who took it did not come to an end', async () => {
    const given = event();
    await inbox.put(given);
    expect(await inbox.take(10, 0)).toHaveLength(1);
    await expect.poll(async () => (await inbox.take(10, 60_000)).map(({ key }) => key)).toEqual([given.key]);
    await drain();
    await inbox.handled(given.key, 'done');
  });

  it('does not give what somebody goes on with, for as long as he says so', async () => {
    const [kept, left] = [event(), event()];
    await inbox.put(kept);
    await inbox.put(left);
    expect(await inbox.take(10, 1000)).toHaveLength(2);
    await inbox.keep([kept.key], 60_000);
    await inbox.keep([left.key], 0);
    await expect.poll(async () => (await inbox.take(10, 60_000)).map(({ key }) => key)).toEqual([left.key]);
    await inbox.keep([kept.key], 0);
    await expect.poll(async () => (await inbox.take(10, 60_000)).map(({ key }) => key)).toEqual([kept.key]);
    for (const { key } of [kept, left]) await inbox.handled(key, 'done');
  });

  it('gives all that is not handled to who is alone with it, whoever had taken it, failed or not', async () => {
    const [taken, failed, done] = [event(), event(), event()];
    for (const each of [taken, failed, done]) await inbox.put(each);
    expect(await inbox.take(10, 60_000)).toHaveLength(3);
    await inbox.failed(failed.key, failure, 60_000);
    await inbox.handled(done.key, 'done');
    await inbox.takeBack();
    expect(await inbox.take(10, 60_000)).toMatchObject([{ key: taken.key }, { key: failed.key, failedAttempts: 1 }]);
    for (const { key } of [taken, failed]) await inbox.handled(key, 'done');
  });

  it('gives what failed again after the pause, and what comes after it meanwhile', async () => {
    const [bad, good] = [event(), event()];
    await inbox.put(bad);
    await inbox.put(good);
    await inbox.take(10, 60_000);
    await inbox.failed(bad.key, failure, 60_000);
    await inbox.failed(good.key, failure, -1);
    expect(await inbox.take(10, 60_000)).toMatchObject([{ key: good.key, failedAttempts: 1 }]);
    await inbox.failed(bad.key, failure, -1);
    expect(await inbox.take(10, 60_000)).toMatchObject([{ key: bad.key, failedAttempts: 2 }]);
    for (const { key } of [bad, good]) await inbox.handled(key, 'done');
  });

  it('takes what JSON can hold and PostgreSQL cannot', async () => {
    const given = event({ body: { topic: 'a\u0000b \ud83d\ude00 "quoted" \\ {,}' } });
    await inbox.put(given);
    expect((await inbox.take(10, 60_000))[0]?.body).toEqual({ topic: 'ab \ud83d\ude00 "quoted" \\ {,}' });
    await inbox.handled(given.key, 'done');
  });

  it('is forgotten by the history when it was handled long ago; what waits, and the last validation, stay', async () => {
    const [old, waiting] = [event(), event()];
    await inbox.put(old);
    await inbox.put(waiting);
    await inbox.handled(old.key, 'done');
    await inbox.validated();
    await jobHistory(opened.database.tables).forgetEvents(Date.now() + 1000, 1000);
    await inbox.put(old);
    const taken = (await inbox.take(10, 60_000)).map(({ key }) => key);
    expect(taken.sort(byNumber)).toEqual([old.key, waiting.key]);
    expect(Date.now() - (await inbox.lastValidation())!.getTime()).toBeLessThan(60_000);
  });
}

function byNumber(a: string, b: string): number {
  return Number(a.split(' ')[1]) - Number(b.split(' ')[1]);
}
