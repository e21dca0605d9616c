import { storageOf, type Config } from './config/config.js';
import { Failure } from './domain/failure.js';
import {
  parsePackagingGroup,
  type PackagingConfiguration,
  type PackagingGroup,
} from './domain/packaging-configuration.js';
import type { IngestRequest } from './domain/work-request.js';
import type { EndpointSuccess } from './notify/notice.js';
import type { Database } from './status/database.js';
import { recordingStreams } from './status/recording-streams.js';
import { sourceAt } from './storage/location.js';
import type { ObjectStore } from './storage/object-store.js';
import { addToFolder } from './transfer/inventory.js';
import type { WorkflowDefinition } from './workflow/definition.js';
import type { EndpointInput } from './workflow/package-endpoint.js';
import { streamRecording, type StreamInput, type StreamServices } from './workflow/stream-recording.js';
import type { TellInput } from './workflow/tell.js';

export interface StreamLineOptions {
  readonly config: Config;
  readonly database: Pick<Database, 'tables'>;
  readonly store: ObjectStore;
  readonly tell: WorkflowDefinition<TellInput, null>;
  readonly targets: number;
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
  readonly findPackagingGroup: (id: string) => Promise<PackagingGroup | undefined>;
  readonly collecting: Pick<
    StreamServices,
    'source' | 'fetchFile' | 'incomplete' | 'patience' | 'catalog' | 'writeInventory'
  >;
}

/** What plays everywhere; of a packaging group that nobody has stored. */
const usual = parsePackagingGroup([
  { Id: 'hls', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } },
  { Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } },
]).configurations;

/** Recordings for our own packager. */
export function streamLine(options: StreamLineOptions) {
  const { config, database, store, tell, targets, packageEndpoint, collecting } = options;
  const streams = recordingStreams(database.tables);
  const packagingGroupId = config.RECORDINGS_PACKAGING_GROUP;
  const workflow = streamRecording({
    ...collecting,
    ...{ streams, store, packageEndpoint, tell, targets },
    sourceOf: (key) => sourceAt(storageOf(config), key),
    addToEndpoint: (prefix, { name, bytes, contentType }) =>
      addToFolder(store, prefix, { key: name, bytes, contentType }),
  });
  return {
    streams,
    workflow,
    inputOf: async (request: IngestRequest): Promise<StreamInput> => ({
      ...{ request, packagingGroupId, alone: (request.publish ?? config.RECORDINGS_PUBLISH) === 'stream' },
      configurations: [...(await configurationsOf(options, packagingGroupId))],
    }),
  };
}

async function configurationsOf(
  { findPackagingGroup }: StreamLineOptions,
  id: string,
): Promise<readonly PackagingConfiguration[]> {
  const group = await findPackagingGroup(id);
  if (!group) return usual;
  if (group.egress === 'embedded') return group.configurations;
  throw new Failure(
    'invalid_settings',
    `The packaging group ${id} of RECORDINGS_PACKAGING_GROUP is packaged by MediaPackage; recordings need one that is packaged here.`,
  );
}
