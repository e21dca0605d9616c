import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';

/** Makes one egress endpoint of an asset: every object of it in storage, then its inventory. Safe to call again: skips, resumes, repairs. */
export interface Egress {
  /** @throws Failure configuration_unsupported naming every field that this egress cannot honour; so that a request is refused before any work. */
  readonly check: (configuration: PackagingConfiguration) => void;
  produce(job: EndpointJob, report: ReportProgress): Promise<EndpointResult>;
  /**
   * As `produce`, unless more than `most` pieces of work are left: then the folder is only made ready, so that several may fill it with
   * `producePart`. `produce` then finishes what they made, and makes what they left out.
   */
  produceUpTo(most: number, job: EndpointJob, report: ReportProgress): Promise<EndpointResult | LargeEndpoint>;
  /** Makes the segments of one part; another fingerprint than the folder's (the source has changed since) makes nothing. Safe to call again. */
  producePart(job: EndpointJob, part: EndpointPart, report: ReportProgress): Promise<void>;
}

/** Too large for one. */
export interface LargeEndpoint {
  /** Pieces of work: what parts are cut from. */
  readonly left: number;
}

/** A run of an endpoint's pieces of work, in the order of the source. */
export interface EndpointPart {
  /** from 0 */
  readonly index: number;
  readonly of: number;
}

export interface EndpointJob {
  readonly assetId: string;
  /** `file:///...`, absolute path, `https://...`, `s3://bucket/key` */
  readonly source: string;
  /** The role that the request names to read an `s3://` source with; assumed when REELWAY_SOURCE_ROLES lists it. */
  readonly sourceRole?: string;
  readonly configuration: PackagingConfiguration;
  /** The bucket that the request names; absent: the storage of the settings. `openStore(bucket)` of the wiring resolves both. */
  readonly bucket?: string;
  /** Key prefix of the endpoint in the store, without trailing slash: `<destination path>/<asset id>/<configuration id>`. */
  readonly destination: string;
  readonly signal?: AbortSignal;
}

/** Called at most a few times a second. */
export type ReportProgress = (progress: EndpointProgress) => void;

export interface EndpointProgress {
  readonly segmentsDone: number;
  readonly segmentsTotal: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface EndpointResult {
  /** `complete`: made now; `skipped`: all of it was there already, verified; `repaired`: damaged or missing objects were made again. */
  readonly status: 'complete' | 'skipped' | 'repaired';
  /** Keys of entry manifests in the store. */
  readonly manifests: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  /** milliseconds of media */
  readonly durationMs: number;
  /** Sentences: what of the source is left out, and what is added to it; absent: nothing. */
  readonly notes?: readonly string[];
}
