import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import type { EngineStatus } from '../status/job-table.js';
import { jobEnds } from './job-ends.js';

const table = (statuses: Readonly<Record<string, EngineStatus>>) => ({
  statuses: (ids: readonly string[]) =>
    Promise.resolve(new Map(ids.flatMap((id) => (statuses[id] ? [[id, statuses[id]] as const] : [])))),
});

it('keeps nothing of who has waited, whose signal lives on', async () => {
  const ends = jobEnds(table({ a: 'SUCCESS', b: 'ERROR' }));
  const { signal } = new AbortController();
  await Promise.all([ends.wait('a', signal), ends.wait('a', signal), ends.wait('b', signal)]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('waits for a job that is not there yet, and no longer than its signal', async () => {
  const statuses: Record<string, EngineStatus> = {};
  const ends = jobEnds(table(statuses));
  const stop = new AbortController();
  const [waits, stopped] = [ends.wait('late'), ends.wait('late', stop.signal)];
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  statuses.late = 'CANCELLED';
  await expect(waits).resolves.toBeUndefined();
});
