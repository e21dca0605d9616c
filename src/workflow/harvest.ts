import { z } from 'zod';
import {
  assetRequestSchema,
  endpointPrefix,
  identifierSchema,
  jobIdOfEndpoint,
  type AssetRequest,
} from '../domain/asset.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, ManagedEndpointJob } from '../publish/egress/managed-egress.js';
import { defineWorkflow, type StepContext } from './definition.js';
import { inSegments } from './in-segments.js';

export interface HarvestInput {
  readonly request: AssetRequest;
  readonly configurationId: string;
  /** of the entry manifest */
  readonly url: string;
}

/** Brings over an endpoint that is playable. A job of its own below its endpoint's: it takes a place among the harvests, waiting took none. */
export function harvest({ managedEgress }: { readonly managedEgress: Pick<ManagedEgress, 'harvest'> }) {
  return defineWorkflow<HarvestInput, EndpointResult>({
    name: 'harvest',
    queue: 'harvests',
    input: z.object({ request: assetRequestSchema, configurationId: identifierSchema, url: z.string() }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configurationId }) => `asset ${request.id}, harvest of ${configurationId}`,

    run: (input, job) =>
      job.step('harvest', (step) => bringOver(managedEgress, input, step), {
        showsIn: jobIdOfEndpoint(input.request.id, input.configurationId),
      }),
  });
}

export function bringOver(
  egress: Pick<ManagedEgress, 'harvest'>,
  input: HarvestInput,
  { signal, report }: StepContext,
): Promise<EndpointResult> {
  return egress.harvest({ ...harvestJobOf(input), signal }, (progress) => report(inSegments(progress)));
}

/** What a harvest takes, and where it goes. */
export function harvestJobOf({ request, configurationId, url }: HarvestInput): ManagedEndpointJob {
  return { ...placeOf({ request, configurationId }), packagingGroupId: request.packagingGroupId, url };
}

export function placeOf({ request, configurationId }: Pick<HarvestInput, 'request' | 'configurationId'>) {
  const { id: assetId, destination } = request;
  return {
    ...{ assetId, configurationId, destination: endpointPrefix(request, configurationId) },
    ...(destination.bucket !== undefined && { bucket: destination.bucket }),
  };
}
