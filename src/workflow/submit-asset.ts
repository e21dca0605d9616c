import { jobIdOfAsset, jobIdOfEndpoint, type AssetRequest } from '../domain/asset.js';
import { shownSource } from '../domain/shown-source.js';
import { Failure } from '../domain/failure.js';
import { readS3Address, s3Address } from '../domain/s3-address.js';
import { roleToAssume } from '../domain/source-role.js';
import type { PackagingGroup } from '../domain/packaging-configuration.js';
import { requestAsset } from '../intake/request-asset.js';
import type { Egress } from '../publish/egress/egress.js';
import type { WorkflowDefinition } from './definition.js';
import type { AssetInput, AssetResult } from './package-asset.js';
import type { Engine } from './start.js';
import type { Urgency } from './urgency.js';

export interface SubmitChoice {
  /** Before which waiting jobs it comes; default `on-demand`. */
  readonly urgency?: Urgency | undefined;
  /** What is done already is done `again`, to verify and repair it (default), or `leave` leaves it. */
  readonly whenDone?: 'again' | 'leave' | undefined;
}

export interface SubmitAssetServices {
  readonly engine: Pick<Engine, 'submit'>;
  readonly packageAsset: WorkflowDefinition<AssetInput, AssetResult>;
  readonly egress: Egress;
  /** What the asset of that id was made for. */
  readonly earlierRequest: (id: string) => Promise<AssetRequest | undefined>;
  /** REELWAY_SOURCE_ROLES: the roles that requests may name. */
  readonly sourceRoles: readonly string[];
  readonly findPackagingGroup: (id: string) => Promise<PackagingGroup | undefined>;
}

/**
 * Takes a request for an asset: what cannot work is refused before anything is stored. A request that repeats one in work joins it; one
 * that repeats an ended one runs again, which skips what is complete, resumes what is partial and repairs what is damaged.
 * @param json createAssetRequest of packaged-vod-downloader, or our own form
 * @param group configurations to use instead of the stored packaging group's
 * @param reserved the VOD store has reserved the capabilities of its endpoints, and may take them back
 * @returns the job, stored when this resolves
 * @throws Failure invalid_request; not_found for the packaging group; configuration_unsupported; conflict when the id stands for another source;
 *   source_forbidden for a role that requests may not name
 */
export async function submitAsset(
  services: SubmitAssetServices,
  json: unknown,
  group?: PackagingGroup,
  { reserved = false, urgency, whenDone = 'again' }: SubmitChoice & { reserved?: boolean } = {},
): Promise<{ id: string; created: boolean }> {
  const request = requestAsset(json);
  const { configurations, egress } = group ?? (await groupOf(services, request));
  if (egress === 'embedded') {
    for (const configuration of configurations) services.egress.check(configuration);
    roleToAssume(request, services.sourceRoles);
  }
  refuseOtherSource(await services.earlierRequest(request.id), request);
  return services.engine.submit(
    services.packageAsset,
    jobIdOfAsset(request.id),
    {
      request,
      configurations: [...configurations],
      ...(egress !== 'embedded' && { egress }),
      ...(reserved && { reserved }),
    },
    {
      ...(whenDone === 'again'
        ? { whenEnded: 'again', starts: configurations.map(({ Id }) => jobIdOfEndpoint(request.id, Id)) }
        : { whenEnded: 'again unless done' }),
      ...(urgency && { urgency }),
    },
  );
}

async function groupOf(
  { findPackagingGroup }: SubmitAssetServices,
  { packagingGroupId }: AssetRequest,
): Promise<PackagingGroup> {
  const group = await findPackagingGroup(packagingGroupId);
  if (group) return group;
  throw new Failure(
    'not_found',
    `There is no packaging group "${packagingGroupId}": store it first, or name one that exists.`,
    {
      details: { packagingGroup: packagingGroupId },
    },
  );
}

/** An id stands for one source for ever, as in MediaPackage VOD: whoever plays it must not find something else there. */
function refuseOtherSource(earlier: AssetRequest | undefined, request: AssetRequest): void {
  if (!earlier) return;
  const facts = ({ packagingGroupId, source, destination }: AssetRequest) => ({
    packagingGroupId,
    source: sameSource(source),
    'destination bucket': destination.bucket ?? '(of the settings)',
    'destination path': destination.path,
  });
  const before = Object.entries(facts(earlier));
  const now = Object.values(facts(request));
  const changed = before.flatMap(([name, value], index) =>
    value === now[index] ? [] : [`${name} was ${value} and is ${now[index]}`],
  );
  if (changed.length === 0) return;
  throw new Failure('conflict', `The asset ${request.id} exists already: ${changed.join('; ')}. Choose another id.`, {
    details: { asset: request.id, changed },
  });
}

/** An address that was signed anew is the same source, and so is one whose characters were encoded otherwise. */
function sameSource(source: string): string {
  const object = readS3Address(source);
  return object ? s3Address(object) : shownSource(source);
}
