import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, type AssetRequest } from '../domain/asset.js';
import { toFailure } from '../domain/failure.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import type { Egress, EndpointJob, EndpointPart } from '../publish/egress/egress.js';
import { defineWorkflow } from './definition.js';
import { inSegments } from './in-segments.js';

export interface PartInput {
  readonly request: AssetRequest;
  readonly configuration: PackagingConfiguration;
  readonly part: EndpointPart;
}

/** Pieces of work that are worth a part of their own: reading a source's heads once more costs less than a hundredth of that. */
const smallestPart = 100;

/** Pieces of work that one process makes by itself, where others could help. */
export const alone = 2 * smallestPart - 1;

/**
 * Into how many parts an endpoint is cut.
 * @param left pieces of work, more than one makes alone
 * @param workers processes that could each take one
 */
export function partsOf(left: number, workers: number): number {
  return Math.min(workers, Math.floor(left / smallestPart));
}

/**
 * A run of a large endpoint's segments, for the worker that is free. Its job id is `asset:<id>:<configuration>:part:<n>`. It does not fail
 * where a segment cannot be made: who waits for it makes what is left out, meets the same reason, and says it for the endpoint.
 */
export function packagePart(egress: Pick<Egress, 'producePart'>) {
  return defineWorkflow<PartInput, { readonly leftOut: string | null }>({
    name: 'package-part',
    queue: 'parts',
    input: z.object({
      request: assetRequestSchema,
      configuration: packagingConfigurationSchema,
      part: z.object({ index: z.int().nonnegative(), of: z.int().positive() }),
    }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configuration, part }) =>
      `asset ${request.id}, endpoint ${configuration.Id}, part ${part.index + 1} of ${part.of}`,

    run: ({ request, configuration, part }, job) =>
      job.step('package a part', async ({ signal, report }) => {
        try {
          await egress.producePart({ ...endpointJob(request, configuration), signal }, part, (progress) =>
            report(inSegments(progress)),
          );
          return { leftOut: null };
        } catch (error) {
          const failure = toFailure(error);
          if (signal.aborted || failure.kind === 'passing') throw error;
          return { leftOut: failure.message };
        }
      }),
  });
}

/** What an egress is asked for, of a request. */
export function endpointJob(request: AssetRequest, configuration: PackagingConfiguration): EndpointJob {
  const { bucket } = request.destination;
  const { sourceRoleArn: sourceRole } = request;
  const destination = endpointPrefix(request, configuration.Id);
  return {
    ...{ assetId: request.id, source: request.source, configuration, destination },
    ...(sourceRole !== undefined && { sourceRole }),
    ...(bucket !== undefined && { bucket }),
  };
}
