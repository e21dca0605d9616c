import { z } from 'zod';
import { identifierSchema, jobIdOfAddedEndpoint, jobIdOfEndpoint } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import { requestAsset, requestOfVodAsset } from '../intake/request-asset.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { VodItem, VodStore } from '../status/vod-store.js';
import { defineWorkflow, type WorkflowDefinition } from './definition.js';
import { findJobStatus } from './find-job-status.js';
import { isOpen } from './job-view.js';
import type { AssetInput, AssetResult } from './package-asset.js';
import type { EndpointInput } from './package-endpoint.js';
import type { Engine } from './start.js';

export interface AddEndpointsServices {
  readonly store: Pick<VodStore, 'assets' | 'configurations' | 'reserve' | 'endpoints'>;
  readonly packageAsset: WorkflowDefinition<AssetInput, AssetResult>;
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
  /** Asked when there is work: it is started with this workflow. */
  readonly engine: () => Pick<Engine, 'submit' | 'jobs'>;
}

export interface AddEndpointsInput {
  readonly groupId: string;
  readonly configuration: PackagingConfiguration;
  /** When the configuration was made; absent from jobs of an earlier version. */
  readonly createdAt?: string | undefined;
}

/** assets of one step */
const pageSize = 100;

/**
 * Gives every asset of a packaging group of MediaPackage VOD's API the endpoint of a configuration that came later, as that service does.
 * Each asset's is a job of its own, which tells when it is playable. An asset that cannot be given it holds up no other: it is tried once more
 * at the end, and named.
 */
export function addEndpoints({ store, packageAsset, packageEndpoint, engine }: AddEndpointsServices) {
  async function add(item: VodItem, { configuration, createdAt = item.createdAt }: Added): Promise<void> {
    await store.reserve(item.id, [configuration.Id]);
    // Asset or configuration was deleted meanwhile.
    if (!(await store.endpoints(item.id)).has(configuration.Id)) return;
    const request = requestAsset(requestOfVodAsset(item));
    const endpointJob = jobIdOfEndpoint(item.id, configuration.Id);
    const { submit, jobs } = engine();
    // A configuration that was deleted and made anew: what its namesake made is none of it.
    const before = await findJobStatus(jobs, endpointJob);
    if (before !== undefined && !isOpen(before))
      await submit(packageEndpoint, endpointJob, { request, configuration, reserved: true }, { whenEnded: 'again' });
    const whole = { request, configurations: [configuration], reserved: true };
    // What it told before this step was broken off, it does not tell again.
    const options = { whenEnded: 'again unless done' } as const;
    await submit(packageAsset, jobIdOfAddedEndpoint(item, { id: configuration.Id, createdAt }), whole, options);
  }

  /** @returns why not; what waiting may cure is thrown */
  async function tryToAdd(item: VodItem, added: Added): Promise<LeftAsset | undefined> {
    try {
      await add(item, added);
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'passing') throw error;
      return { id: item.id, reason: error.message };
    }
  }

  async function addToAll(items: readonly VodItem[], added: Added): Promise<LeftAsset[]> {
    const outcomes = await Promise.all(items.map((item) => tryToAdd(item, added)));
    return outcomes.filter((outcome) => outcome !== undefined);
  }

  /** @throws Failure endpoints_failed naming the assets that still cannot be given their endpoint */
  async function addToLeft(ids: readonly string[], added: Added): Promise<void> {
    const items = await Promise.all(ids.map((id) => store.assets.find(id)));
    const left = await addToAll(
      items.filter((item) => item !== undefined),
      added,
    );
    if (left.length > 0) throw notAdded(left, added.configuration);
  }

  return defineWorkflow<AddEndpointsInput, { assets: number }>({
    name: 'add-endpoints',
    queue: 'upkeep',
    input: z.object({
      groupId: identifierSchema,
      configuration: packagingConfigurationSchema,
      createdAt: z.iso.datetime().optional(),
    }),
    title: ({ groupId, configuration }) => `packaging group ${groupId}: endpoints of ${configuration.Id}`,

    async run({ groupId, configuration, createdAt }, job) {
      const added = { configuration, ...(createdAt !== undefined && { createdAt: new Date(createdAt) }) };
      let assets = 0;
      const left: string[] = [];
      let after: string | undefined;
      do {
        const from = after;
        const page = await job.step('start the endpoints of some assets', async () => {
          const items = await store.assets.list({
            groupId,
            limit: pageSize,
            ...(from !== undefined && { after: from }),
          });
          const notYet = (await addToAll(items, added)).map(({ id }) => id);
          return { count: items.length, last: items.at(-1)?.id, ...(notYet.length > 0 && { left: notYet }) };
        });
        left.push(...(page.left ?? []));
        assets += page.count;
        after = page.count < pageSize ? undefined : page.last;
      } while (after !== undefined);
      // By a step, so that a retry tries it again.
      if (left.length > 0) await job.step('start the endpoints that were left', () => addToLeft(left, added));
      return { assets };
    },
  });
}

interface Added {
  readonly configuration: PackagingConfiguration;
  readonly createdAt?: Date;
}

interface LeftAsset {
  readonly id: string;
  readonly reason: string;
}

/** Of more assets than these only the number is told. */
const namedAtMost = 10;

function notAdded(left: readonly LeftAsset[], { Id }: PackagingConfiguration): Failure {
  const named = left.slice(0, namedAtMost);
  const more = left.length > named.length ? [`and ${left.length - named.length} more`] : [];
  const reasons = [...named.map(({ id, reason }) => `${id}: ${reason}`), ...more];
  return new Failure('endpoints_failed', `Not every asset was given the endpoint of ${Id}: ${reasons.join('; ')}`, {
    details: { configuration: Id, assets: named.map(({ id }) => id) },
  });
}
