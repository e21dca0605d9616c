import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, type AssetRequest } from '../domain/asset.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { Egress, EndpointProgress } from '../publish/egress/egress.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import { defineWorkflow, type JobProgress } from './definition.js';

export interface EndpointServices {
  readonly egress: Egress;
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
export function packageEndpoint({ egress, catalog, locate, playbackUrl }: EndpointServices) {
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
      const destination = { ...(bucket !== undefined && { bucket }), destination: prefix };

      const made = await job.step('package', (step) =>
        egress.produce(
          { assetId: request.id, source: request.source, configuration, ...destination, signal: step.signal },
          (progress) => step.report(inSegments(progress)),
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

/** What is counted of an endpoint. */
export function inSegments({ segmentsDone, segmentsTotal, bytesRead, bytesWritten }: EndpointProgress): JobProgress {
  return { done: segmentsDone, total: segmentsTotal, unit: 'segments', bytesRead, bytesWritten };
}
