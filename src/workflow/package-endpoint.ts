import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, type AssetRequest } from '../domain/asset.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { Egress } from '../publish/egress/egress.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { inSegments } from './in-segments.js';
import { endpointJob, partsOf, type PartInput } from './package-part.js';

export interface EndpointServices {
  readonly egress: Pick<Egress, 'produce' | 'begin'>;
  readonly packagePart: WorkflowDefinition<PartInput, unknown>;
  /** Processes that work now. */
  readonly workers: () => Promise<number>;
  readonly catalog: AssetCatalog;
  /** Where an object of the bucket lies, for people: `s3://bucket/key`, or a file's path. */
  readonly locate: (bucket: string | undefined, key: string) => string;
  /** The URL that plays a manifest of the endpoint that the capability stands for. */
  readonly playbackUrl: (capability: string, manifest: string) => string;
}

export interface EndpointInput {
  readonly request: AssetRequest;
  readonly configuration: PackagingConfiguration;
  /** Its capability was reserved: when that was taken back meanwhile, it is not made playable. */
  readonly reserved?: boolean | undefined;
}

/** One egress endpoint of an asset: packaged and verified, then playable. Its job id is `asset:<id>:<configuration>`. */
export function packageEndpoint(services: EndpointServices) {
  const { egress, catalog, locate, playbackUrl } = services;
  return defineWorkflow<EndpointInput, EndpointSuccess>({
    name: 'package-endpoint',
    queue: 'endpoints',
    input: z.object({
      request: assetRequestSchema,
      configuration: packagingConfigurationSchema,
      reserved: z.boolean().optional(),
    }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configuration }) => `asset ${request.id}, endpoint ${configuration.Id}`,

    async run({ request, configuration, reserved }, job) {
      const { bucket } = request.destination;
      const prefix = endpointPrefix(request, configuration.Id);

      if (await job.patched('parts')) await makeParts(services, { request, configuration }, job);
      const made = await job.step('package', (step) =>
        egress.produce({ ...endpointJob(request, configuration), signal: step.signal }, (progress) =>
          step.report(inSegments(progress)),
        ),
      );
      const capability = await job.step('make playable', () =>
        catalog.publish({ request, configurationId: configuration.Id, prefix, made, reserved }),
      );
      return {
        configurationId: configuration.Id,
        status: made.status,
        objects: made.objects,
        bytes: made.bytes,
        locations: made.manifests.map((key) => locate(bucket, key)),
        playbackUrls: made.manifests.map((key) => playbackUrl(capability, key.slice(prefix.length + 1))),
      };
    },
  });
}

/** A large endpoint is made by all who work; what they make is found in place, and what they leave out is made, by who asked for it. */
async function makeParts(
  { egress, packagePart, workers }: EndpointServices,
  { request, configuration }: Omit<EndpointInput, 'reserved'>,
  job: JobContext,
): Promise<void> {
  const parts = await job.step('share out', async ({ signal }) => {
    const count = await workers();
    // Alone there is nobody to share with, and the folder is looked at when it is packaged.
    return count < 2 ? 1 : partsOf(await egress.begin({ ...endpointJob(request, configuration), signal }), count);
  });
  if (parts < 2) return;
  const children = [];
  for (let index = 0; index < parts; index++) {
    const part = { index, of: parts };
    children.push(await job.startChild(packagePart, `${job.id}:part:${index + 1}`, { request, configuration, part }));
  }
  await job.settleChildren(children);
}
