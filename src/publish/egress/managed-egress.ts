import type { AssetRequest } from '../../domain/asset.js';
import type { EndpointJob, EndpointResult, ReportProgress } from './egress.js';

/** Egress by a packaging service that makes endpoints on its own time: they are asked for, waited for, and harvested. */
export interface ManagedEgress {
  /**
   * What earlier runs left in storage of an asset that the service does not have (any more), by a short look; none when it has the asset.
   * @throws Failure destination_occupied, before the asset is created; inventory_damaged; mediapackage_refused, mediapackage_unavailable
   */
  findInPlace(request: AssetRequest, signal?: AbortSignal): Promise<readonly EndpointInPlace[]>;
  /**
   * Makes the asset known to the service, unless it is, or all of it is in storage already.
   * @param inPlace every endpoint that it would have, with those that `findComplete` has verified
   * @returns the endpoints that it will have
   * @throws Failure conflict when the service has the id for another source or group; mediapackage_refused, mediapackage_unavailable
   */
  prepare(
    request: AssetRequest,
    inPlace: readonly PreparedEndpoint[],
    signal?: AbortSignal,
  ): Promise<readonly PreparedEndpoint[]>;
  /**
   * Waits until the endpoint can be played.
   * @throws Failure endpoint_failed; endpoint_not_playable when the deadline passes; destination_occupied, at once
   */
  waitUntilPlayable(endpoint: AwaitedEndpoint, signal?: AbortSignal): Promise<PlayableEndpoint>;
  /**
   * The endpoint, when all that was harvested of it, from that very address if there is one, is in storage, verified; null otherwise. Reads all of
   * it. Asks nothing of the service.
   */
  findComplete(job: SoughtEndpoint): Promise<EndpointResult | null>;
  /** Harvests the endpoint: every object in storage, then its inventory. Safe to call again: skips, resumes, repairs. */
  harvest(job: ManagedEndpointJob, report: ReportProgress): Promise<EndpointResult>;
}

export interface ManagedEndpoint {
  readonly assetId: string;
  readonly configurationId: string;
}

export interface EndpointInPlace extends Pick<ManagedEndpoint, 'configurationId'> {
  /** Something was harvested; whether it is whole, only `findComplete` tells. */
  readonly harvested: boolean;
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

interface SoughtEndpoint extends ManagedEndpoint, Pick<EndpointJob, 'bucket' | 'destination' | 'signal'> {
  readonly url?: string;
}

export interface ManagedEndpointJob extends ManagedEndpoint, Pick<EndpointJob, 'bucket' | 'destination' | 'signal'> {
  readonly packagingGroupId: string;
  readonly url: string;
}
