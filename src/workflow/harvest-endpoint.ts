import { z } from 'zod';
import { assetRequestSchema, endpointPrefix, identifierSchema, type AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { EndpointSuccess } from '../notify/notice.js';
import { noticeOfHarvestEnd, noticeOfHarvestFailure, noticeOfHarvestStart } from '../notify/harvest-notice.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, PlayableEndpoint } from '../publish/egress/managed-egress.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { bringOver, lookedAt, placeOf, type HarvestInput } from './harvest.js';
import type { EndpointServices } from './package-endpoint.js';
import { tellAll, type Telling } from './tell.js';

export interface ManagedEndpointServices extends Telling, Pick<EndpointServices, 'catalog' | 'locate' | 'playbackUrl'> {
  readonly managedEgress: ManagedEgress;
  readonly harvest: WorkflowDefinition<HarvestInput, EndpointResult>;
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
      const run = await job.step('name this run', () =>
        Promise.resolve({ id: crypto.randomUUID(), began: Date.now() }),
      );
      const { standing } = input;
      if (standing)
        return madePlayable(services, input, { job, run, made: standing }).catch(telling(services, input, job));
      const playable = await waitedFor(services, input, { job, run }).catch(telling(services, input, job));
      return harvested(services, input, { job, run, playable })
        .then((made) => madePlayable(services, input, { job, run, made }))
        .catch(telling(services, input, job, playable));
    },
  });
}

interface Run {
  readonly job: JobContext;
  readonly run: { readonly id: string; /** milliseconds since 1970 */ readonly began: number };
}

function waitedFor(
  { managedEgress, patience }: ManagedEndpointServices,
  input: ManagedEndpointInput,
  { job, run }: Run,
): Promise<PlayableEndpoint> {
  const awaited = { ...placeOf(input), deadline: new Date(run.began + patience) };
  return job.step('wait until playable', ({ signal }) => managedEgress.waitUntilPlayable(awaited, signal), {
    waits: true,
  });
}

/** Below this job, in a place among the harvests: this one's is for waiting. */
async function harvested(
  services: ManagedEndpointServices,
  { request, configurationId, waitsApart }: ManagedEndpointInput,
  { job, run, playable }: Run & { readonly playable: PlayableEndpoint },
): Promise<EndpointResult> {
  const input = { request, configurationId, url: playable.url };
  if (waitsApart && (await job.patched('the harvest looks')))
    return harvestedBelow(services, { ...input, begins: { run: run.id, status: playable.status } }, job);
  if (await job.patched('look before the harvest')) {
    const there = await lookedAt(services.managedEgress, input, job);
    if (there) return there;
  }
  await tellAll(services, job, noticeOfHarvestStart({ request, configurationId, endpoint: playable, run: run.id }));
  if (!waitsApart) return job.step('harvest', (step) => bringOver(services.managedEgress, input, step));
  return harvestedBelow(services, input, job);
}

async function harvestedBelow(
  { harvest }: ManagedEndpointServices,
  input: HarvestInput,
  job: JobContext,
): Promise<EndpointResult> {
  const child = await job.startChild(harvest, `${job.id}:harvest`, input);
  const [outcome] = await job.settleChildren([child]);
  if (outcome?.status === 'done') return outcome.result;
  throw outcome?.failure ?? new Error('a child was not settled');
}

async function madePlayable(
  services: ManagedEndpointServices,
  { request, configurationId }: ManagedEndpointInput,
  { job, run, made }: Run & { readonly made: EndpointResult },
): Promise<EndpointSuccess> {
  const { catalog, locate, playbackUrl } = services;
  const { bucket } = request.destination;
  const prefix = endpointPrefix(request, configurationId);
  const capability = await job.step('make playable', () => catalog.publish({ request, configurationId, prefix, made }));
  const success: EndpointSuccess = {
    configurationId,
    status: made.status,
    objects: made.objects,
    bytes: made.bytes,
    locations: made.manifests.map((key) => locate(bucket, key)),
    playbackUrls: made.manifests.map((key) => playbackUrl(capability, key.slice(prefix.length + 1))),
  };
  await tellAll(services, job, noticeOfHarvestEnd({ request, run: run.id, endpoint: success }));
  return success;
}

/**
 * Tells a failure, which is the endpoint's end and which others of the asset do not delay, and throws it on.
 * @param seen the endpoint, once it was playable; else what the failure knows of it
 */
function telling(
  services: ManagedEndpointServices,
  { request, configurationId }: ManagedEndpointInput,
  job: JobContext,
  seen?: PlayableEndpoint,
) {
  return async (error: unknown): Promise<never> => {
    // The engine's own errors steer it: a job that was cancelled or taken over has not failed.
    if (error instanceof Failure) {
      // By a name of its own: a retry that fails again is another failure.
      const run = await job.step('name this failure', () => Promise.resolve(crypto.randomUUID()));
      const endpoint = seen ?? describedBy(error);
      const notice = noticeOfHarvestFailure({ request, configurationId, run, endpoint, failure: error });
      await tellAll(services, job, notice);
    }
    throw error;
  };
}

function describedBy({ details: { status, url } }: Failure): PlayableEndpoint | undefined {
  return typeof status === 'string' ? { status, url: typeof url === 'string' ? url : '' } : undefined;
}
