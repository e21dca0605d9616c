import type { Assets } from '../../src/api/routes/assets.js';

/** A server's assets before the first was asked for; asking for one is not what the test is about. */
export const emptyAssets: Assets = {
  submit: () => Promise.reject(new Error('the test did not expect a request for an asset')),
  playbackUrl: () => '',
  catalog: {
    publish: () => Promise.reject(new Error('the test did not expect an endpoint')),
    findAsset: () => Promise.resolve(undefined),
    requestsOf: () => Promise.resolve(new Map()),
    listAssets: () => Promise.resolve([]),
    findEndpoint: () => Promise.resolve(undefined),
  },
};
