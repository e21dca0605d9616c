import { expect, it } from 'vitest';
import { ingestOfLesson } from '../../test/support/recordings-lesson.js';
import type { SubmitOptions } from './submit.js';
import { submitIngest, type SubmitIngestServices } from './submit-ingest.js';

it.each([
  ['webhook', 'on-demand'],
  ['on_demand', 'on-demand'],
  ['sweep', 'sweep'],
] as const)('an ingest by %s has the urgency %s', async (origin, urgency) => {
  const asked: (SubmitOptions | undefined)[] = [];
  const engine = {
    submit: (_: unknown, id: string, __: unknown, options?: SubmitOptions) => {
      asked.push(options);
      return Promise.resolve({ id, created: true });
    },
  };
  const services = { engine } as Pick<SubmitIngestServices, 'engine'> as SubmitIngestServices;
  await submitIngest(services, { ...ingestOfLesson(), origin });
  expect(asked).toEqual([{ whenEnded: 'again', urgency }]);
});
