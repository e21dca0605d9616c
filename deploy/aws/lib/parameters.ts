import { versionPattern } from './command.js';
import { secretSettings, stackSettings } from './secret-settings.js';

/** What a deployment chooses: environment variables (or `deploy/aws/.env`). Where a predecessor's stack had a parameter for it, its name is here too. */
export interface Parameters {
  /** STACK_NAME; a name with "prod" in it is guarded. */
  readonly stackName: string;
  /** REELWAY_IMAGE: repository of the container image; its tag is the version. */
  readonly image: string;
  /** REELWAY_VERSION: image tag = git tag; never `latest`. What the stack runs already counts before it, see stack-versions. */
  readonly version: string;
  /** REELWAY_PREVIOUS_VERSION: what the stack ran before, for a rollback; given by `npm run deploy:aws`. */
  readonly previousVersion: string | undefined;
  /** REELWAY_DOMAIN and REELWAY_CERTIFICATE_ARN: the HTTPS entry. */
  readonly domain: string;
  readonly certificateArn: string;
  /** NOTIFICATION_EMAIL, of both predecessors. */
  readonly notificationEmail: string;
  /** INGEST_ALLOWED_IPS: networks that may call /ingest and /status; none: nobody may. */
  readonly ingestAllowedIps: readonly string[];
  /** VPC_ID: an existing VPC; without it one is made. */
  readonly vpcId: string | undefined;
  /** REELWAY_WORKERS_MIN and _MAX. */
  readonly workers: { readonly min: number; readonly max: number };
  /** SOURCES_BUCKET=yes: a bucket for sources, with a queue that is told of them. */
  readonly sourcesBucket: boolean;
  /** SOURCES_PACKAGING_GROUP: what is made of sources that are put into that bucket, by a watcher; without it nobody watches. */
  readonly sourcesGroup: SourcesGroup | undefined;
  /** STATE_MACHINE_NAME: default the name that packaged-vod-downloader gave its own, which one stack of an account and region can have. */
  readonly stateMachineName: string;
  /** MEDIAPACKAGE_ROLES, `mediapackageRole` of packaged-vod-downloader: names of this account's roles that requests may have MediaPackage read sources with. */
  readonly mediaPackageRoles: readonly string[];
  /** MEDIAPACKAGE_CDN_SECRETS, its `mediaPackageCdnAuthSecretArn`: secrets of CDN authorization beside those called `MediaPackage/...`. */
  readonly cdnSecrets: readonly string[];
  /** SOURCE_ROLES: roles that requests may have Reelway itself read sources with; ARNs, of any account. */
  readonly sourceRoles: readonly string[];
  /** SOURCE_BUCKETS: what Reelway reads sources from with its own role. */
  readonly sourceBuckets: readonly string[];
  /** DESTINATION_BUCKETS: what requests may name as DestinationBucket, beside the stack's own. */
  readonly destinationBuckets: readonly string[];
  /** KMS_KEYS: ARNs of keys that those buckets and secrets are encrypted with. */
  readonly kmsKeys: readonly string[];
  /** Everything else of docs/settings.md that is no secret, from REELWAY_SETTINGS (JSON). */
  readonly settings: Readonly<Record<string, string>>;
  /** STACK_TAGS: `name=value,...` */
  readonly tags: Readonly<Record<string, string>>;
}

/** A packaging group in MediaPackage VOD's JSON. */
export interface SourcesGroup {
  readonly PackagingGroup: { readonly Id: string };
  readonly PackagingConfigurations: readonly object[];
}

/** What packaged-vod-downloader calls them, where nobody says otherwise. */
export const predecessorsStateMachine = 'PackagedVodDownloaderStateMachine';
const predecessorsRole = 'MediaPackage_Default_Role';

/** As REELWAY_SOURCE_ROLES takes them. */
const rolePattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=.@/-]+\*?$/;
const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @throws Error that lists every problem by name */
export function readParameters(environment: Readonly<Record<string, string | undefined>>): Parameters {
  const problems: string[] = [];
  const needed = (name: string, allowed: string, pattern: RegExp, usual = ''): string => {
    const value = environment[name] || usual;
    if (!pattern.test(value)) problems.push(`${name}: ${allowed}; given: ${JSON.stringify(value)}`);
    return value;
  };
  const count = (name: string, fallback: number): number => {
    const value = Number(environment[name] ?? fallback);
    if (!Number.isInteger(value) || value < 1 || value > 500) problems.push(`${name}: a whole number from 1 to 500`);
    return value;
  };
  const yes = (name: string): boolean => {
    const value = environment[name] ?? '';
    if (!['', 'yes', 'no'].includes(value)) problems.push(`${name}: yes or no; given: ${JSON.stringify(value)}`);
    return value === 'yes';
  };
  const items = (name: string, allowed: string, pattern: RegExp): readonly string[] => {
    const given = list(environment[name]);
    for (const item of given) if (!pattern.test(item)) problems.push(`${name}: ${allowed}; given: ${item}`);
    return given;
  };
  const workers = { min: count('REELWAY_WORKERS_MIN', 1), max: count('REELWAY_WORKERS_MAX', 10) };
  if (workers.min > workers.max) problems.push('REELWAY_WORKERS_MIN is larger than REELWAY_WORKERS_MAX');
  const parameters: Parameters = {
    stackName: needed(
      'STACK_NAME',
      'letters, digits and hyphens, beginning with a letter',
      /^[A-Za-z][A-Za-z0-9-]{0,99}$/,
    ),
    image: needed('REELWAY_IMAGE', 'an image repository without tag', /^[a-z0-9][a-z0-9._/:-]*[a-z0-9]$/),
    version: needed('REELWAY_VERSION', 'a released version such as v1.2.3', versionPattern),
    previousVersion: environment.REELWAY_PREVIOUS_VERSION || undefined,
    domain: needed('REELWAY_DOMAIN', 'a host name', /^[a-z0-9.-]+\.[a-z]{2,}$/),
    certificateArn: needed('REELWAY_CERTIFICATE_ARN', 'a certificate of ACM in this region', /^arn:aws[a-z-]*:acm:/),
    notificationEmail: needed('NOTIFICATION_EMAIL', 'an e-mail address', /^[^@\s]+@[^@\s]+\.[^@\s]+$/),
    ingestAllowedIps: items('INGEST_ALLOWED_IPS', 'IPv4 networks such as 192.0.2.0/24', /^[\d.]+\/\d{1,2}$/),
    vpcId: environment.VPC_ID || undefined,
    workers,
    sourcesBucket: yes('SOURCES_BUCKET'),
    sourcesGroup: groupOf(environment.SOURCES_PACKAGING_GROUP, problems),
    stateMachineName: needed(
      'STATE_MACHINE_NAME',
      'letters, digits, hyphens and _',
      /^[\w-]{1,80}$/,
      predecessorsStateMachine,
    ),
    mediaPackageRoles: orElse(items('MEDIAPACKAGE_ROLES', 'names of roles', /^[\w+=.@/-]{1,512}$/), predecessorsRole),
    cdnSecrets: items('MEDIAPACKAGE_CDN_SECRETS', 'ARNs of secrets', /^arn:aws[a-z-]*:secretsmanager:[^*?]+$/),
    sourceRoles: items('SOURCE_ROLES', 'ARNs of roles, with `*` at the end at most', rolePattern),
    sourceBuckets: items('SOURCE_BUCKETS', 'names of buckets', bucketPattern),
    destinationBuckets: items('DESTINATION_BUCKETS', 'names of buckets', bucketPattern),
    kmsKeys: items('KMS_KEYS', 'ARNs of keys', /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/),
    settings: settingsOf(environment.REELWAY_SETTINGS, problems),
    tags: Object.fromEntries(list(environment.STACK_TAGS).map((pair) => pair.split('=', 2) as [string, string])),
  };
  if (parameters.sourcesGroup && !parameters.sourcesBucket)
    problems.push('SOURCES_PACKAGING_GROUP: needs SOURCES_BUCKET=yes, whose sources it is for');
  if (problems.length > 0) throw new Error(`The parameters of the stack are not usable:\n  ${problems.join('\n  ')}`);
  return parameters;
}

function groupOf(json: string | undefined, problems: string[]): SourcesGroup | undefined {
  if (!json) return undefined;
  try {
    const group = JSON.parse(json) as Partial<SourcesGroup>;
    const { PackagingGroup, PackagingConfigurations } = group;
    if (typeof PackagingGroup?.Id === 'string' && Array.isArray(PackagingConfigurations)) return group as SourcesGroup;
  } catch {
    // Said below.
  }
  problems.push('SOURCES_PACKAGING_GROUP: JSON, {"PackagingGroup":{"Id":...},"PackagingConfigurations":[...]}');
  return undefined;
}

function orElse(given: readonly string[], usual: string): readonly string[] {
  return given.length > 0 ? given : [usual];
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((item) => item !== '');
}

const among = (names: readonly string[], name: string): boolean => names.includes(name);

function settingsOf(json: string | undefined, problems: string[]): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(json || '{}');
    const entries = Object.entries(parsed as Record<string, unknown>);
    for (const [name] of entries) {
      if (among(secretSettings, name))
        problems.push(`REELWAY_SETTINGS: ${name} is a secret and belongs into the stack's secret of that name`);
      if (among(stackSettings, name)) problems.push(`REELWAY_SETTINGS: ${name} is set by the stack`);
    }
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  } catch {
    problems.push('REELWAY_SETTINGS: a JSON object of settings');
    return {};
  }
}
