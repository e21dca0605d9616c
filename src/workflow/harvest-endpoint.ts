import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, identifierSchema, type AssetRequest } from '../domain/asset.js';
import type { EndpointSuccess, Notice } from '../notify/notice.js';
import { noticeOfHarvestEnd, noticeOfHarvestStart } from '../notify/harvest-notice.js';
import type { ManagedEgress } from '../publish/egress/managed-egress.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { inSegments } from './in-segments.js';
import type { EndpointServices } from './package-endpoint.js';
import type { TellInput } from './tell.js';

export interface HarvestServices extends Pick<EndpointServices, 'catalog' | 'locate' | 'playbackUrl'> {
  readonly managedEgress: ManagedEgress;
  readonly tell: WorkflowDefinition<TellInput, null>;
  /** How many targets are told. */
  readonly targets: number;
  /** milliseconds that an endpoint has to become playable */
  readonly patience: number;
}

export interface HarvestInput {
  readonly request: AssetRequest;
  readonly configurationId: string;
}

/** One endpoint that a packaging service makes: waited for, harvested and verified, then playable. Its job id is `asset:<id>:<configuration>`. */
export function harvestEndpoint(services: HarvestServices) {
  const { managedEgress, catalog, locate, playbackUrl, patience } = services;
  return defineWorkflow<HarvestInput, EndpointSuccess>({
    name: 'harvest-endpoint',
    queue: 'harvests',
    input: z.object({ request: assetRequestSchema, configurationId: identifierSchema }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configurationId }) => `asset ${request.id}, endpoint ${configurationId}`,

    async run({ request, configurationId }, job) {
      const { bucket } = request.destination;
      const destination = endpointPrefix(request, configurationId);
      const endpoint = { assetId: request.id, configurationId };
      const run = await job.step('name this run', () =>
        Promise.resolve({ id: crypto.randomUUID(), began: Date.now() }),
      );

      const playable = await job.step('wait until playable', ({ signal }) =>
        managedEgress.waitUntilPlayable({ ...endpoint, deadline: new Date(run.began + patience) }, signal),
      );
      await tellAll(services, job, noticeOfHarvestStart({ ...endpoint, ...playable, run: run.id }));
      const made = await job.step('harvest', (step) =>
        managedEgress.harvest(
          {
            ...endpoint,
            packagingGroupId: request.packagingGroupId,
            url: playable.url,
            ...(bucket !== undefined && { bucket }),
            destination,
            signal: step.signal,
          },
          (progress) => step.report(inSegments(progress)),
        ),
      );
      const capability = await job.step('make playable', () =>
        catalog.publish({ request, configurationId, prefix: destination, made }),
      );
      const success: EndpointSuccess = {
        configurationId,
        status: made.status,
        objects: made.objects,
        bytes: made.bytes,
        locations: made.manifests.map((key) => locate(bucket, key)),
        playbackUrls: made.manifests.map((key) => playbackUrl(capability, key.slice(destination.length + 1))),
      };
      await tellAll(services, job, noticeOfHarvestEnd({ assetId: request.id, run: run.id, endpoint: success }));
      return success;
    },
  });
}

async function tellAll({ tell, targets }: HarvestServices, job: JobContext, notice: Notice): Promise<void> {
  for (let target = 0; target < targets; target++) {
    await job.startJob(tell, `notice:${notice.id}:${target + 1}`, { notice, target });
  }
}
