import { z } from 'zod';
import {
  assetRequestSchema,
  endpointPrefix,
  identifierSchema,
  jobIdOfEndpoint,
  type AssetRequest,
} from '../domain/asset.js';
import { noticeOfHarvestStart } from '../notify/harvest-notice.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, ManagedEndpointJob } from '../publish/egress/managed-egress.js';
import { defineWorkflow, type JobContext, type StepContext } from './definition.js';
import { inSegments } from './in-segments.js';
import { tellAll, type Telling } from './tell.js';

export interface HarvestInput {
  readonly request: AssetRequest;
  readonly configurationId: string;
  /** of the entry manifest */
  readonly url: string;
  /** Absent from jobs of an earlier version: who asked for them has looked at what is there, and told that they begin. */
  readonly begins?: HarvestBegins | undefined;
}

/** What is told of a harvest as it begins. */
interface HarvestBegins {
  /** of the endpoint's job */
  readonly run: string;
  /** as the packaging service said it; old assets have none */
  readonly status?: string | undefined;
}

export interface HarvestServices extends Telling {
  readonly managedEgress: Pick<ManagedEgress, 'findComplete' | 'harvest'>;
}

/**
 * Brings over an endpoint that is playable. A job of its own below its endpoint's: it takes a place among the harvests, waiting took none.
 * What is complete already is only verified, by reading all of it, and no harvest of it is told to begin.
 */
export function harvest(services: HarvestServices) {
  const { managedEgress } = services;
  return defineWorkflow<HarvestInput, EndpointResult>({
    name: 'harvest',
    queue: 'harvests',
    input: z.object({
      request: assetRequestSchema,
      configurationId: identifierSchema,
      url: z.string(),
      begins: z.object({ run: z.string(), status: z.string().optional() }).optional(),
    }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configurationId }) => `asset ${request.id}, harvest of ${configurationId}`,

    async run(input, job) {
      const { request, configurationId, url, begins } = input;
      if (begins) {
        const there = await lookedAt(managedEgress, input, job);
        if (there) return there;
        const endpoint = { url, status: begins.status };
        await tellAll(services, job, noticeOfHarvestStart({ request, configurationId, endpoint, run: begins.run }));
      }
      return job.step('harvest', (step) => bringOver(managedEgress, input, step), {
        showsIn: jobIdOfEndpoint(request.id, configurationId),
      });
    },
  });
}

/** The endpoint, when all of it is there: every object is compared, so it belongs in a place among the harvests. */
export function lookedAt(
  egress: Pick<ManagedEgress, 'findComplete'>,
  input: Pick<HarvestInput, 'request' | 'configurationId'> & { readonly url?: string },
  job: JobContext,
): Promise<EndpointResult | null> {
  return job.step('look at what is there', ({ signal }) =>
    egress.findComplete({ ...placeOf(input), ...(input.url !== undefined && { url: input.url }), signal }),
  );
}

export function bringOver(
  egress: Pick<ManagedEgress, 'harvest'>,
  input: HarvestInput,
  { signal, report }: StepContext,
): Promise<EndpointResult> {
  return egress.harvest({ ...harvestJobOf(input), signal }, (progress) => report(inSegments(progress)));
}

/** What a harvest takes, and where it goes. */
function harvestJobOf({ request, configurationId, url }: HarvestInput): ManagedEndpointJob {
  return { ...placeOf({ request, configurationId }), packagingGroupId: request.packagingGroupId, url };
}

export function placeOf({ request, configurationId }: Pick<HarvestInput, 'request' | 'configurationId'>) {
  const { id: assetId, destination } = request;
  return {
    ...{ assetId, configurationId, destination: endpointPrefix(request, configurationId) },
    ...(destination.bucket !== undefined && { bucket: destination.bucket }),
  };
}
