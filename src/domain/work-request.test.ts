import { expect, it } from 'vitest';
import { jobIdOfIngest } from './work-request.js';

it('a recording is one job, whoever asks, unless a person asks for one more', () => {
  const ask = (origin: 'webhook' | 'on_demand' | 'sweep', allowMultipleIngests: boolean) =>
    jobIdOfIngest({ uuid: 'a/b==', trackingId: 'on-demand-1', origin, allowMultipleIngests });
  expect(ask('webhook', false)).toBe('recording:a/b==');
  expect(ask('sweep', true)).toBe('recording:a/b==');
  expect(ask('on_demand', false)).toBe('recording:a/b==');
  expect(ask('on_demand', true)).toBe('recording:a/b==:on-demand-1');
});
