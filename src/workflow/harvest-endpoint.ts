import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, identifierSchema, type AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { EndpointSuccess, Notice } from '../notify/notice.js';
import { noticeOfHarvestEnd, noticeOfHarvestFailure, noticeOfHarvestStart } from '../notify/harvest-notice.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress } from '../publish/egress/managed-egress.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { bringOver, type HarvestInput } from './harvest.js';
import type { EndpointServices } from './package-endpoint.js';
import type { TellInput } from './tell.js';

export interface ManagedEndpointServices extends Pick<EndpointServices, 'catalog' | 'locate' | 'playbackUrl'> {
  readonly managedEgress: ManagedEgress;
  readonly harvest: WorkflowDefinition<HarvestInput, EndpointResult>;
  readonly tell: WorkflowDefinition<TellInput, null>;
  /** How many targets are told. */
  readonly targets: number;
  /** milliseconds that an endpoint has to become playable */
  readonly patience: number;
}

export interface ManagedEndpointInput {
  readonly request: AssetRequest;
  readonly configurationId: string;
  /** Absent from jobs that an earlier version queued: they wait in places of `harvests`, where a harvest below them might never get one. */
  readonly waitsApart?: true | undefined;
  /** It is in place already, and the service does not have it any more. */
  readonly standing?: EndpointResult | undefined;
}

const endpointResultSchema = z.object({
  status: z.enum(['complete', 'skipped', 'repaired']),
  manifests: z.array(z.string()),
  objects: z.number(),
  bytes: z.number(),
  durationMs: z.number(),
}) satisfies z.ZodType<EndpointResult>;

/**
 * One endpoint that a packaging service makes: waited for, which may take half a day, harvested and verified, then playable. Its job id is
 * `asset:<id>:<configuration>`.
 */
export function harvestEndpoint(services: ManagedEndpointServices) {
  return defineWorkflow<ManagedEndpointInput, EndpointSuccess>({
    name: 'harvest-endpoint',
    queue: 'waits',
    input: z.object({
      request: assetRequestSchema,
      configurationId: identifierSchema,
      waitsApart: z.literal(true).optional(),
      standing: endpointResultSchema.optional(),
    }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configurationId }) => `asset ${request.id}, endpoint ${configurationId}`,

    async run(input, job) {
      try {
        return await madeAndTold(services, input, job);
      } catch (error) {
        // The engine's own errors steer it; a Failure is the endpoint's end, which others of the asset do not delay.
        if (error instanceof Failure) await tellFailure(services, input, { job, failure: error });
        throw error;
      }
    },
  });
}

async function madeAndTold(
  services: ManagedEndpointServices,
  input: ManagedEndpointInput,
  job: JobContext,
): Promise<EndpointSuccess> {
  const { catalog, locate, playbackUrl } = services;
  const { request, configurationId } = input;
  const { bucket } = request.destination;
  const destination = endpointPrefix(request, configurationId);
  const run = await job.step('name this run', () => Promise.resolve({ id: crypto.randomUUID(), began: Date.now() }));

  const made = input.standing ?? (await waitedForAndHarvested(services, input, { job, run }));
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
}

async function tellFailure(
  services: ManagedEndpointServices,
  { request, configurationId }: ManagedEndpointInput,
  { job, failure: { code, message } }: { job: JobContext; failure: Failure },
): Promise<void> {
  // By a name of its own: a retry that fails again is another failure.
  const run = await job.step('name this failure', () => Promise.resolve(crypto.randomUUID()));
  const failure = { configurationId, code, message };
  await tellAll(services, job, noticeOfHarvestFailure({ assetId: request.id, run, failure }));
}

interface Run {
  readonly job: JobContext;
  readonly run: { readonly id: string; /** milliseconds since 1970 */ readonly began: number };
}

async function waitedForAndHarvested(
  services: ManagedEndpointServices,
  { request, configurationId, waitsApart }: ManagedEndpointInput,
  { job, run }: Run,
): Promise<EndpointResult> {
  const { managedEgress, harvest, patience } = services;
  const endpoint = { assetId: request.id, configurationId };
  const { bucket } = request.destination;
  const awaited = {
    ...endpoint,
    ...(bucket !== undefined && { bucket }),
    destination: endpointPrefix(request, configurationId),
    deadline: new Date(run.began + patience),
  };
  const playable = await job.step(
    'wait until playable',
    ({ signal }) => managedEgress.waitUntilPlayable(awaited, signal),
    { waits: true },
  );
  await tellAll(services, job, noticeOfHarvestStart({ ...endpoint, ...playable, run: run.id }));
  const input = { request, configurationId, url: playable.url };
  if (!waitsApart) return job.step('harvest', (step) => bringOver(managedEgress, input, step));
  const child = await job.startChild(harvest, `${job.id}:harvest`, input);
  const [outcome] = await job.settleChildren([child]);
  if (outcome?.status === 'done') return outcome.result;
  throw outcome?.failure ?? new Error('a child was not settled');
}

async function tellAll({ tell, targets }: ManagedEndpointServices, job: JobContext, notice: Notice): Promise<void> {
  for (let target = 0; target < targets; target++) {
    await job.startJob(tell, `notice:${notice.id}:${target + 1}`, { notice, target });
  }
}
