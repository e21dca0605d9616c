import type { JobServices } from '../../src/api/routes/jobs.js';
import { Failure } from '../../src/domain/failure.js';

const none = (id: string) => Promise.reject(new Failure('not_found', `There is no job ${id}.`));

/** An engine without jobs, for tests of what has nothing to do with them. */
export const emptyEngine: JobServices = {
  jobs: {
    list: () => Promise.resolve({ jobs: [], next: null }),
    next: () => Promise.resolve([]),
    find: none,
    show: none,
    cancel: none,
    retry: none,
    dismiss: none,
  },
  feed: { subscribe: () => () => undefined },
};
