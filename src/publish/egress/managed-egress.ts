import type { AssetRequest } from '../../domain/asset.js';
import type { EndpointJob, EndpointResult, ReportProgress } from './egress.js';

/** Egress by a packaging service that makes endpoints on its own time: they are asked for, waited for, and harvested. */
export interface ManagedEgress {
  /**
   * Makes the asset known to the service, unless it is.
   * @returns ids of the packaging configurations that it will have endpoints of
   * @throws Failure conflict when the service has the id for another source or group; mediapackage_refused, mediapackage_unavailable
   */
  prepare(request: AssetRequest, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Waits until the endpoint can be played.
   * @throws Failure endpoint_failed; endpoint_not_playable when the deadline passes
   */
  waitUntilPlayable(
    endpoint: ManagedEndpoint & { readonly deadline: Date },
    signal?: AbortSignal,
  ): Promise<PlayableEndpoint>;
  /** Harvests the endpoint: every object in storage, then its inventory. Safe to call again: skips, resumes, repairs. */
  harvest(job: ManagedEndpointJob, report: ReportProgress): Promise<EndpointResult>;
}

export interface ManagedEndpoint {
  readonly assetId: string;
  readonly configurationId: string;
}

export interface PlayableEndpoint {
  /** of the entry manifest */
  readonly url: string;
  /** as the service said it; old assets have none */
  readonly status: string | undefined;
}

export interface ManagedEndpointJob extends ManagedEndpoint, Pick<EndpointJob, 'bucket' | 'destination' | 'signal'> {
  readonly packagingGroupId: string;
  readonly url: string;
}
