import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../domain/failure.js';
import type { PackagingConfiguration } from '../domain/packaging-configuration.js';
import type { EndpointResult, ReportProgress } from '../publish/egress/egress.js';
import { produceEndpoints } from '../publish/egress/embedded-packager/produce-endpoints.js';
import type { PackagingTools } from '../publish/egress/embedded-packager/packaging-job.js';
import type { StorageLocation } from '../storage/location.js';
import { isAddress, namedPlace } from './named-place.js';

/** `both`: playlists and MPD over one set of segments. */
export type Format = 'hls' | 'cmaf' | 'dash' | 'mss' | 'both';

export interface PackageRequest {
  /** Path, absolute or relative to `cwd`, or address. */
  readonly input: string;
  readonly out: string;
  readonly id?: string;
  readonly config?: string;
  readonly format?: readonly Format[];
  readonly segmentDuration?: number;
  readonly singleFile?: true;
}

export interface PackagedEndpoint extends EndpointResult {
  /** Of the packaging configuration; the format's name without --config. */
  readonly id: string;
}

/** Where the command line's words lead: absolute, checked, nothing opened yet. */
export interface PackagePlan {
  readonly source: string;
  readonly storage: StorageLocation;
  readonly assetId: string;
  readonly endpoints: readonly { readonly configuration: PackagingConfiguration; readonly destination: string }[];
  /** The output as the person wrote it, for what is printed. */
  readonly out: string;
}

/** @throws Failure usage, configuration_invalid */
export async function planPackage(request: PackageRequest, cwd: string): Promise<PackagePlan> {
  const source = isAddress(request.input) ? request.input : resolve(cwd, request.input);
  const configurations =
    request.config === undefined ? configurationsOf(request) : await readConfigurations(resolve(cwd, request.config));
  const folder = request.id === undefined ? '' : `${request.id}/`;
  return {
    source,
    storage: readLocation(request.out, cwd),
    // Without an id, the source is the asset: another source is not to take its folder over.
    assetId: request.id ?? `source-${createHash('sha256').update(source).digest('hex').slice(0, 16)}`,
    endpoints: configurations.map((configuration) => ({ configuration, destination: `${folder}${configuration.Id}` })),
    out: request.out.replace(/(?<!\/)\/+$/, ''),
  };
}

export async function runPackage(
  tools: PackagingTools,
  { source, assetId, endpoints, out }: PackagePlan,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<PackagedEndpoint[]> {
  const requests = endpoints.map((endpoint) => ({ assetId, ...endpoint }));
  const results = await produceEndpoints(tools, { source, endpoints: requests, signal }, report);
  return results.map((result, i) => ({
    id: endpoints[i]?.configuration.Id ?? '',
    ...result,
    manifests: result.manifests.map((key) => `${out}/${key}`),
  }));
}

function configurationsOf({
  format = ['cmaf', 'dash'],
  segmentDuration,
  singleFile,
}: PackageRequest): PackagingConfiguration[] {
  if (singleFile && format.includes('mss'))
    throw new Failure('usage', '--single-file: Smooth Streaming has an address for each fragment; leave out mss.');
  const duration = segmentDuration === undefined ? {} : { SegmentDurationSeconds: segmentDuration };
  const common = { ...duration, ...(singleFile && { SegmentLayout: 'SINGLE_FILE' as const }) };
  const manifests = [{ ManifestName: 'index' }];
  const of: Record<Format, Omit<PackagingConfiguration, 'Id'>> = {
    hls: { HlsPackage: { HlsManifests: manifests, ...common } },
    cmaf: { CmafPackage: { HlsManifests: manifests, ...common } },
    dash: { DashPackage: { DashManifests: manifests, ...common } },
    mss: { MssPackage: { MssManifests: manifests, ...duration } },
    both: { CmafPackage: { HlsManifests: manifests, DashManifests: manifests, ...common } },
  };
  return format.map((name) => ({ Id: name, ...of[name] }));
}

async function readConfigurations(file: string): Promise<readonly PackagingConfiguration[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure('usage', `--config: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  // Only here: reading a configuration needs zod, which takes longer to load than a small job to do.
  const { parsePackagingGroup } = await import('../domain/packaging-configuration.js');
  return parsePackagingGroup(parseJson(text, file)).configurations;
}

function parseJson(text: string, file: string): unknown {
  try {
    // PowerShell begins what it redirects into a file with U+FEFF.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new Failure('configuration_invalid', `${file} is not JSON: ${(error as Error).message}`);
  }
}

function readLocation(out: string, cwd: string): StorageLocation {
  const location = namedPlace(out, cwd);
  if (location) return location;
  throw new Failure('usage', `--out: a folder or s3://bucket/prefix is allowed; given: ${out || 'nothing'}`);
}
