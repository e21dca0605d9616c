import { z } from 'zod';
import { assetRequestSchema, jobIdOfEndpoint, type AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import { noticeOfAsset, type AssetOutcome, type EndpointFailure, type EndpointSuccess } from '../notify/notice.js';
import {
  defineWorkflow,
  type ChildJob,
  type ChildOutcome,
  type JobContext,
  type WorkflowDefinition,
} from './definition.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, PreparedEndpoint } from '../publish/egress/managed-egress.js';
import type { ManagedEndpointInput } from './harvest-endpoint.js';
import type { LookInput } from './look-in-place.js';
import type { EndpointInput } from './package-endpoint.js';
import { tellAll, type Telling } from './tell.js';

export interface AssetInput {
  readonly request: AssetRequest;
  /** Of the packaging group, as they were when the request was accepted. */
  readonly configurations: readonly PackagingConfiguration[];
  /** Who makes its endpoints; absent: Reelway's own packager. */
  readonly egress?: 'mediapackage-vod' | undefined;
  /** The capabilities of its endpoints are reserved: those that are taken back meanwhile are not made playable. */
  readonly reserved?: boolean | undefined;
}

export interface AssetResult {
  readonly endpoints: readonly EndpointSuccess[];
}

export interface AssetServices extends Telling {
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
  readonly harvestEndpoint: WorkflowDefinition<ManagedEndpointInput, EndpointSuccess>;
  readonly lookInPlace: WorkflowDefinition<LookInput, EndpointResult | null>;
  readonly managedEgress: Pick<ManagedEgress, 'findInPlace' | 'prepare'>;
}

/**
 * An asset of a packaging group: every endpoint in parallel, then somebody is told. An endpoint that fails stops neither the others nor
 * the notice. Its job id is `asset:<id>`.
 */
export function packageAsset(services: AssetServices) {
  return defineWorkflow<AssetInput, AssetResult>({
    name: 'package-asset',
    queue: ({ egress }) => (egress === undefined ? 'assets' : 'managed'),
    input: z.object({
      request: assetRequestSchema,
      configurations: z.array(packagingConfigurationSchema),
      egress: z.literal('mediapackage-vod').optional(),
      reserved: z.boolean().optional(),
    }),
    share: ({ request, egress }) => (egress === undefined ? undefined : request.packagingGroupId),
    title: ({ request }) => `asset ${request.id}`,

    async run(input, job) {
      const { request } = input;
      const oneByOne = input.egress !== undefined && (await job.patched('endpoints are told of as they end'));
      const children = await startEndpoints(services, input, job).catch(async (error: unknown) => {
        // The engine's own errors steer it; a Failure is that MediaPackage does not take the asset, which somebody has to know.
        if (error instanceof Failure)
          await tellOutcome(services, job, {
            request,
            succeeded: [],
            failed: [refusal(input, error)],
            refused: error,
          });
        throw error;
      });
      const outcomes = await job.settleChildren(children.map(({ child }) => child));
      const configurationIds = children.map(({ configurationId }) => configurationId);
      const { succeeded, failed } = sorted(outcomes, configurationIds);
      const toldAlready = oneByOne ? configurationIds.filter((_, index) => hasTold(outcomes[index])) : [];

      await tellOutcome(services, job, { request, succeeded, failed, toldAlready });
      if (failed.length > 0) throw endpointsFailed(request, failed, outcomes.length);
      return { endpoints: succeeded };
    },
  });
}

async function tellOutcome(telling: Telling, job: JobContext, outcome: Omit<AssetOutcome, 'run'>): Promise<void> {
  const run = await job.step('name this run', () => Promise.resolve(crypto.randomUUID()));
  await tellAll(telling, job, noticeOfAsset({ ...outcome, run }));
}

function refusal({ request }: AssetInput, { code, message }: Failure): EndpointFailure {
  return { configurationId: request.packagingGroupId, code, message };
}

interface StartedEndpoint {
  readonly configurationId: string;
  readonly child: ChildJob<EndpointSuccess>;
}

/** A job for each endpoint: packaged here, or made by MediaPackage and harvested. */
async function startEndpoints(
  services: AssetServices,
  { request, configurations, egress, reserved }: AssetInput,
  job: JobContext,
): Promise<StartedEndpoint[]> {
  const { packageEndpoint, harvestEndpoint, managedEgress } = services;
  const started: StartedEndpoint[] = [];
  if (egress === undefined) {
    for (const configuration of configurations) {
      const id = jobIdOfEndpoint(request.id, configuration.Id);
      const child = await job.startChild(packageEndpoint, id, {
        request,
        configuration,
        ...(reserved && { reserved }),
      });
      started.push({ configurationId: configuration.Id, child });
    }
    return started;
  }
  // Jobs of earlier versions that were made known have looked in that very step, whose outcome they keep.
  const inPlace = (await job.patched('look among the harvests')) ? await verifiedInPlace(services, request, job) : [];
  const prepared = await job.step('make known to MediaPackage', ({ signal }) =>
    managedEgress.prepare(request, inPlace, signal),
  );
  for (const endpoint of prepared) {
    const { configurationId, standing } = preparedEndpoint(endpoint);
    const id = jobIdOfEndpoint(request.id, configurationId);
    const input = { request, configurationId, waitsApart: true as const, ...(standing && { standing }) };
    const child = await job.startChild(harvestEndpoint, id, input);
    started.push({ configurationId, child });
  }
  return started;
}

/** What is in storage of an asset that the service does not have. It is read whole: by jobs below, in places among the harvests. */
async function verifiedInPlace(
  { managedEgress, lookInPlace }: AssetServices,
  request: AssetRequest,
  job: JobContext,
): Promise<PreparedEndpoint[]> {
  const found = await job.step('look for what is in place', ({ signal }) => managedEgress.findInPlace(request, signal));
  const looks = [];
  for (const { configurationId, harvested } of found)
    if (harvested)
      looks.push(await job.startChild(lookInPlace, `${job.id}:${configurationId}:look`, { request, configurationId }));
  const outcomes = await job.settleChildren(looks);
  let settled = 0;
  return found.map(({ configurationId, harvested }) => {
    const outcome = harvested ? outcomes[settled++] : undefined;
    if (outcome && outcome.status !== 'done') throw outcome.failure;
    return { configurationId, ...(outcome?.result && { standing: outcome.result }) };
  });
}

/** Checkpoints of earlier versions have the ids of the configurations alone. */
function preparedEndpoint(endpoint: PreparedEndpoint | string): PreparedEndpoint {
  return typeof endpoint === 'string' ? { configurationId: endpoint } : endpoint;
}

function sorted(outcomes: readonly ChildOutcome<EndpointSuccess>[], configurationIds: readonly string[]) {
  const succeeded: EndpointSuccess[] = [];
  const failed: EndpointFailure[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'done') succeeded.push(outcome.result);
    else
      failed.push({
        configurationId: configurationIds[index] ?? outcome.id,
        code: outcome.failure.code,
        message: outcome.failure.message,
      });
  }
  return { succeeded, failed };
}

/**
 * A job that was cancelled, or lost its processes, came to no end that it could have told. That its harvest was cancelled or lost is another matter:
 * with that it ended itself, with the failure that names the harvest, and has told it.
 */
function hasTold(outcome: ChildOutcome<EndpointSuccess> | undefined): boolean {
  if (outcome === undefined || outcome.status === 'done') return outcome !== undefined;
  const { code, details } = outcome.failure;
  return !['cancelled', 'worker_lost'].includes(code) || details.job !== outcome.id;
}

function endpointsFailed(request: AssetRequest, failed: readonly EndpointFailure[], total: number): Failure {
  const reasons = failed.map(({ configurationId, code, message }) => `${configurationId}: ${message} [${code}]`);
  return new Failure(
    'endpoints_failed',
    `${failed.length} of ${total} endpoints of asset ${request.id} failed: ${reasons.join('; ')}`,
    {
      details: { asset: request.id, endpoints: failed.map(({ configurationId }) => configurationId) },
    },
  );
}
