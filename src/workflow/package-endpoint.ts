import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, type AssetRequest } from '../domain/asset.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { Egress, EndpointResult } from '../publish/egress/egress.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { inSegments } from './in-segments.js';
import { alone, endpointJob, partsOf, type PartInput } from './package-part.js';

export interface EndpointServices {
  readonly egress: Pick<Egress, 'produce' | 'produceUpTo'>;
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
  const { catalog, locate, playbackUrl } = services;
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

      const made = await packaged(services, { request, configuration }, job);
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
        ...(made.notes && { notes: made.notes }),
      };
    },
  });
}

/** By this process alone, or, where it is large and others work too, in parts: what they leave out is made by who asked for it. */
async function packaged(
  { egress, packagePart, workers }: EndpointServices,
  { request, configuration }: Omit<EndpointInput, 'reserved'>,
  job: JobContext,
): Promise<EndpointResult> {
  const asked = endpointJob(request, configuration);
  const first = await job.step('package', async ({ signal, report }) => {
    const count = await workers();
    const most = count < 2 ? Infinity : alone;
    const made = await egress.produceUpTo(most, { ...asked, signal }, (progress) => report(inSegments(progress)));
    return 'left' in made ? { parts: partsOf(made.left, count) } : made;
  });
  if (!('parts' in first)) return first;
  const children = [];
  for (let index = 0; index < first.parts; index++) {
    const part = { index, of: first.parts };
    children.push(await job.startChild(packagePart, `${job.id}:part:${index + 1}`, { request, configuration, part }));
  }
  await job.settleChildren(children);
  return job.step('check and finish', ({ signal, report }) =>
    egress.produce({ ...asked, signal }, (progress) => report(inSegments(progress))),
  );
}
