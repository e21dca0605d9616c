import type * as sdk from '@aws-sdk/client-s3';
import type { BackOff } from '../net/back-off.js';
import type { ByteBudget } from '../net/byte-budget.js';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The SDK asks again before then. */
  readonly expiration?: Date;
}

export interface S3Options {
  readonly bucket: string;
  /** Key prefix of everything in this store, without leading or trailing slash; default none. */
  readonly prefix?: string;
  /** Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's. Buckets of other servers than Amazon's are addressed by path. */
  readonly endpoint?: string;
  /** Default: as the SDK finds it; `us-east-1` for other servers when nothing says. */
  readonly region?: string;
  /** Default: the SDK's chain of providers. */
  readonly credentials?: Credentials | (() => Promise<Credentials>);
  /** Of requests that carry bytes; default 4 tries, from half a second on. */
  readonly backOff?: BackOff;
  /** milliseconds that a connection may be silent; default one minute. */
  readonly idleTimeout?: number;
  /** bytes of an object that the server copies in one request; default 5 GiB, as S3. Larger ones are copied in ranges. */
  readonly largestWholeCopy?: number;
  /** milliseconds after which an unfinished upload was left by a killed process; default a day */
  readonly abandonedAfter?: number;
  /** Of streams on their way up; default: what all stores of this process share. */
  readonly memory?: ByteBudget;
}

export interface S3Connection {
  readonly sdk: typeof sdk;
  readonly client: sdk.S3Client;
}

/** Tries of requests that the SDK can send again by itself (those without a streamed body). */
const maxAttempts = 4;
/** milliseconds */
const defaultIdleTimeout = 60_000;
const connectTimeout = 10_000;
/** Requests in flight; more wait their turn inside the SDK. */
const maxSockets = 64;

/** The SDK warns of each stream that it cannot send again; it need not: those tries are made in s3-upload.ts. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

/** Loads the SDK and makes the client at the first use: loading costs 0.2 s, which commands that need no S3 should not pay. */
export function s3Connection(options: S3Options): () => Promise<S3Connection> {
  let connection: Promise<S3Connection> | undefined;
  return () => (connection ??= connect(options));
}

async function connect(options: S3Options): Promise<S3Connection> {
  // The SDK's announcement that later versions of it will need Node 22 is ours to heed, not our users'.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-s3');
  return { sdk, client: new sdk.S3Client(configuration(options)) };
}

function configuration({
  endpoint = endpointOfEnvironment(),
  region,
  credentials,
  idleTimeout,
}: S3Options): sdk.S3ClientConfig {
  const foreign = endpoint !== undefined && !isAmazons(endpoint);
  const ownRegion = region ?? (foreign && !process.env.AWS_REGION ? 'us-east-1' : undefined);
  return {
    maxAttempts,
    logger: silent,
    // Other servers than Amazon's rarely have a DNS name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: foreign }),
    ...(ownRegion !== undefined && { region: ownRegion }),
    ...(credentials && { credentials }),
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: connectTimeout,
      socketTimeout: idleTimeout ?? defaultIdleTimeout,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    },
  };
}

function isAmazons(endpoint: string): boolean {
  return new URL(endpoint).hostname.endsWith('.amazonaws.com');
}

/** The S3 server of the environment when it is another's than Amazon's. */
export function foreignEndpoint(): string | undefined {
  const endpoint = endpointOfEnvironment();
  return endpoint === undefined || isAmazons(endpoint) ? undefined : endpoint;
}

/** As the SDK reads them; it has to be known here because it decides how buckets are addressed. */
function endpointOfEnvironment(): string | undefined {
  const { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  if (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined;
  return [AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL].find((url) => url !== undefined && url !== '');
}
