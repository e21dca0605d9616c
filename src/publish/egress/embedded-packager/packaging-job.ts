import type { EndpointRequest } from './endpoint-state.js';
import type { OpenStore, PackagingEngine } from './packaging-engine.js';

export interface PackagingJob {
  /** `file:///...`, absolute path, `https://...`, `s3://bucket/key` */
  readonly source: string;
  /** The role that the request names to read it with. */
  readonly sourceRole?: string;
  /** The bucket that the request names; absent: the storage of the settings. */
  readonly bucket?: string;
  /** Endpoints of one asset, each in a folder of its own. The source is read once for those that share segments. */
  readonly endpoints: readonly EndpointRequest[];
  readonly signal?: AbortSignal;
}

export interface PackagingTools {
  readonly openStore: OpenStore;
  readonly engine: PackagingEngine;
}
