import type { AssetRequest } from '../../domain/asset.js';
import type { EndpointJob, EndpointResult, ReportProgress } from './egress.js';

/** Egress by a packaging service that makes endpoints on its own time: they are asked for, waited for, and harvested. */
export interface ManagedEgress {
  /**
   * Makes the asset known to the service, unless it is, or all of it is in storage already.
   * @returns the endpoints that it will have
   * @throws Failure conflict when the service has the id for another source or group; destination_occupied; mediapackage_refused,
   *   mediapackage_unavailable
   */
  prepare(request: AssetRequest, signal?: AbortSignal): Promise<readonly PreparedEndpoint[]>;
  /**
   * Waits until the endpoint can be played.
   * @throws Failure endpoint_failed; endpoint_not_playable when the deadline passes; destination_occupied, at once
   */
  waitUntilPlayable(endpoint: AwaitedEndpoint, signal?: AbortSignal): Promise<PlayableEndpoint>;
  /**
   * The endpoint, when all that was harvested of it, from that very address, is in storage, verified; null otherwise. Asks nothing of the
   * service.
   */
  findComplete(job: ManagedEndpointJob): Promise<EndpointResult | null>;
  /** Harvests the endpoint: every object in storage, then its inventory. Safe to call again: skips, resumes, repairs. */
  harvest(job: ManagedEndpointJob, report: ReportProgress): Promise<EndpointResult>;
}

export interface ManagedEndpoint {
  readonly assetId: string;
  readonly configurationId: string;
}

export interface PreparedEndpoint {
  readonly configurationId: string;
  /** All of it is in storage, verified, and the service had it no more: there is nothing to wait for. */
  readonly standing?: EndpointResult;
}

export interface AwaitedEndpoint extends ManagedEndpoint, Pick<EndpointJob, 'bucket' | 'destination'> {
  readonly deadline: Date;
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
