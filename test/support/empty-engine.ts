import type { Assets } from '../../src/api/routes/assets.js';
import type { JobServices } from '../../src/api/routes/jobs.js';
import { Failure } from '../../src/domain/failure.js';

const none = (id: string) => Promise.reject(new Failure('not_found', `There is no job ${id}.`));

/** An engine without jobs and assets, for tests of what has nothing to do with them. */
export const emptyEngine: JobServices & { assets: Assets } = {
  jobs: {
    list: () => Promise.resolve({ jobs: [], next: null }),
    find: none,
    show: none,
    cancel: none,
    retry: none,
    dismiss: none,
  },
  assets: {
    submit: () => Promise.reject(new Failure('internal', 'This engine takes no work.')),
    catalog: {
      publish: () => Promise.reject(new Failure('internal', 'This engine takes no work.')),
      findAsset: () => Promise.resolve(undefined),
      listAssets: () => Promise.resolve([]),
      findEndpoint: () => Promise.resolve(undefined),
    },
    playbackUrl: (capability, manifest) => `http://127.0.0.1/out/v1/${capability}/${manifest}`,
  },
  feed: { subscribe: () => () => undefined },
};
