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
import type { ManagedEgress, PreparedEndpoint } from '../publish/egress/managed-egress.js';
import type { ManagedEndpointInput } from './harvest-endpoint.js';
import type { EndpointInput } from './package-endpoint.js';
import type { TellInput } from './tell.js';

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

export interface AssetServices {
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
  readonly harvestEndpoint: WorkflowDefinition<ManagedEndpointInput, EndpointSuccess>;
  readonly managedEgress: Pick<ManagedEgress, 'prepare'>;
  readonly tell: WorkflowDefinition<TellInput, null>;
  /** How many targets are told; each has a job of its own. */
  readonly targets: number;
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

async function tellOutcome(
  { tell, targets }: AssetServices,
  job: JobContext,
  outcome: Omit<AssetOutcome, 'run'>,
): Promise<void> {
  const run = await job.step('name this run', () => Promise.resolve(crypto.randomUUID()));
  const notice = noticeOfAsset({ ...outcome, run });
  for (let target = 0; target < targets; target++) {
    await job.startJob(tell, `notice:${notice.id}:${target + 1}`, { notice, target });
  }
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
  { packageEndpoint, harvestEndpoint, managedEgress }: AssetServices,
  { request, configurations, egress, reserved }: AssetInput,
  job: JobContext,
): Promise<StartedEndpoint[]> {
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
  const prepared = await job.step('make known to MediaPackage', ({ signal }) => managedEgress.prepare(request, signal));
  for (const endpoint of prepared) {
    const { configurationId, standing } = preparedEndpoint(endpoint);
    const id = jobIdOfEndpoint(request.id, configurationId);
    const input = { request, configurationId, waitsApart: true as const, ...(standing && { standing }) };
    const child = await job.startChild(harvestEndpoint, id, input);
    started.push({ configurationId, child });
  }
  return started;
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

/** A job that was cancelled, or lost its processes, came to no end that it could have told. */
function hasTold(outcome: ChildOutcome<EndpointSuccess> | undefined): boolean {
  return outcome?.status === 'done' || (outcome?.status === 'failed' && outcome.failure.code !== 'worker_lost');
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
