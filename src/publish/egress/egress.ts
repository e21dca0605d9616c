import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';

/** Makes one egress endpoint of an asset: every object of it in storage, then its inventory. Safe to call again: skips, resumes, repairs. */
export interface Egress {
  /** @throws Failure configuration_unsupported naming every field that this egress cannot honour; so that a request is refused before any work. */
  readonly check: (configuration: PackagingConfiguration) => void;
  produce(job: EndpointJob, report: ReportProgress): Promise<EndpointResult>;
}

export interface EndpointJob {
  readonly assetId: string;
  /** `file:///...`, absolute path, `https://...`, `s3://bucket/key` */
  readonly source: string;
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
}
