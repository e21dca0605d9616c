import { isDeepStrictEqual } from 'node:util';
import { jobIdOfAddedEndpoint, jobIdOfEndpoint } from '../../domain/asset.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { VodItem, VodStore } from '../../status/vod-store.js';
import type { Operation, Run } from './operation.js';
import {
  documentOf,
  groupSchema,
  groupUpdateSchema,
  logsSchema,
  readConfiguration,
  readDocument,
} from './documents.js';
import type { EngineJobs } from '../../workflow/jobs.js';
import { findJobStatus } from '../../workflow/find-job-status.js';
import { listPage } from './pages.js';
import { ServiceError } from './service-error.js';
import type { Json } from './wire.js';

/** `/packaging_groups` */
export function vodGroups({
  store,
  domainName,
}: {
  store: VodStore;
  domainName: () => string;
}): Readonly<Record<'create' | 'list' | 'describe' | 'update' | 'configureLogs' | 'remove', Run>> {
  async function view(item: VodItem): Promise<Json> {
    const ApproximateAssetCount = await store.assets.count(item.id);
    return { ...documentOf('packaging-groups', item), DomainName: domainName(), ApproximateAssetCount };
  }

  async function change(id: string, fields: Json): Promise<Json> {
    const changed = await store.groups.update(id, (body) => ({ ...body, ...fields }));
    if (!changed) throw noGroup(id);
    return view(changed);
  }

  return {
    async create({ body }: Operation): Promise<Json> {
      const { Id, ...fields } = readDocument(body, groupSchema);
      return view(await store.groups.insert({ id: Id, groupId: Id, body: { Id, ...fields } }));
    },
    async list({ query }: Operation): Promise<Json> {
      const { items, nextToken } = await listPage(store.groups, query);
      return { PackagingGroups: await Promise.all(items.map(view)), NextToken: nextToken };
    },
    async describe({ id }: Operation): Promise<Json> {
      return view(await findGroup(store, id));
    },
    /** Changes the authorization alone; without one, there is none from then on. */
    async update({ id, body }: Operation): Promise<Json> {
      return change(id, { Authorization: readDocument(body, groupUpdateSchema).Authorization });
    },
    async configureLogs({ id, body }: Operation): Promise<Json> {
      return change(id, { EgressAccessLogs: readDocument(body, logsSchema).EgressAccessLogs });
    },
    async remove({ id }: Operation): Promise<Json> {
      await findGroup(store, id);
      await store.groups.remove(id);
      return {};
    },
  };
}

/** Packaging configurations of one group; MediaPackage's own quota is 10. */
export const maxConfigurations = 100;

export interface VodConfigurationServices {
  readonly store: VodStore;
  /** @throws Failure configuration_unsupported */
  readonly check: (configuration: PackagingConfiguration) => void;
  /** Gives the assets that its group has the endpoint of a new configuration: stored when this resolves, as the job of that id. */
  readonly addEndpoints: (job: string, configuration: VodItem) => Promise<unknown>;
  readonly jobs: Pick<EngineJobs, 'find' | 'cancelAll'>;
}

/** `/packaging_configurations` */
export function vodConfigurations({
  store,
  check,
  addEndpoints,
  jobs,
}: VodConfigurationServices): Readonly<Record<'create' | 'list' | 'describe' | 'remove', Run>> {
  const view = (item: VodItem): Json => documentOf('packaging-configurations', item);

  async function find(id: string): Promise<VodItem> {
    const found = await store.configurations.find(id);
    if (found) return found;
    throw new ServiceError('NotFoundException', `There is no packaging configuration "${id}".`);
  }

  /** One whose job was never stored, as when the process died between the two: the same request goes on. */
  async function unfinished(id: string, document: Json): Promise<VodItem | undefined> {
    const existing = await store.configurations.find(id);
    if (!existing || !isDeepStrictEqual(existing.body, document)) return undefined;
    if (Date.now() - existing.createdAt.getTime() > creationMs || (await store.assets.count(existing.groupId)) === 0)
      return undefined;
    return (await findJobStatus(jobs, jobOfAddition(existing))) === undefined ? existing : undefined;
  }

  return {
    async create({ body }: Operation): Promise<Json> {
      const configuration = readConfiguration(body);
      const { Id: id, PackagingGroupId: groupId } = configuration;
      await findGroup(store, groupId);
      check(configuration);
      const document = { ...configuration, Tags: configuration.Tags ?? {} };
      const item =
        (await unfinished(id, document)) ??
        (await store.configurations.insert({ id, groupId, body: document }, maxConfigurations));
      if ((await store.assets.count(groupId)) > 0) await addEndpoints(jobOfAddition(item), item);
      return view(item);
    },
    async list({ query }: Operation): Promise<Json> {
      const { items, nextToken } = await listPage(store.configurations, query);
      return { PackagingConfigurations: items.map(view), NextToken: nextToken };
    },
    async describe({ id }: Operation): Promise<Json> {
      return view(await find(id));
    },
    /** Endpoints that were made by it lead nowhere from then on; their objects stay in storage. Assets that wait for theirs get none. */
    async remove({ id }: Operation): Promise<Json> {
      const item = await find(id);
      await jobs.cancelAll([jobOfAddition(item)]);
      const waiting = (await store.unmade(id)).filter(({ createdAt }) => createdAt < item.createdAt);
      await store.withdraw({ configurationId: id });
      await jobs.cancelAll(
        waiting.flatMap((asset) => [jobIdOfAddedEndpoint(asset, item), jobIdOfEndpoint(asset.id, id)]),
      );
      return {};
    },
  };
}

/** milliseconds that something may be without a job because it is being made */
export const creationMs = 60_000;

/** A configuration that is made anew under its id is another one. */
function jobOfAddition({ id, createdAt }: VodItem): string {
  return `configuration:${id}#${createdAt.getTime()}`;
}

/** @throws ServiceError 404 */
export async function findGroup(store: VodStore, id: string): Promise<VodItem> {
  const found = await store.groups.find(id);
  if (found) return found;
  throw noGroup(id);
}

function noGroup(id: string): ServiceError {
  return new ServiceError('NotFoundException', `There is no packaging group "${id}".`);
}
