import type * as mediaPackageSdk from '@aws-sdk/client-mediapackage-vod';
import type { ReadSecret } from './cdn-authorization.js';

/** The SDK's clients, loaded at the first use: a second that installations without AWS need not pay. */
export interface AwsClients {
  mediaPackage(): Promise<{
    readonly sdk: typeof mediaPackageSdk;
    readonly client: mediaPackageSdk.MediaPackageVodClient;
    readonly region: string;
  }>;
  readonly readSecret: ReadSecret;
}

/** Tries of one request, with the SDK's own pauses between them. */
const defaultMaxAttempts = 6;
/** milliseconds; the SDK's own default is to wait for ever, also for a network that swallows everything */
const connectTimeout = 10_000;
const defaultIdleTimeout = 60_000;

interface AwsClientOptions {
  /** Default 6. */
  readonly maxAttempts?: number;
  /** milliseconds that a connection may be silent; default one minute */
  readonly idleTimeout?: number;
}

/** Regions, profiles, roles and endpoints are what the SDK reads from its environment and files. */
export function awsClients(options: AwsClientOptions = {}): AwsClients {
  const { maxAttempts = defaultMaxAttempts, idleTimeout = defaultIdleTimeout } = options;
  const requestHandler = { connectionTimeout: connectTimeout, socketTimeout: idleTimeout };
  const mediaPackage = once(async () => {
    silenceAnnouncements();
    const sdk = await import('@aws-sdk/client-mediapackage-vod');
    const client = new sdk.MediaPackageVodClient({ maxAttempts, requestHandler });
    return { sdk, client, region: await client.config.region() };
  });
  const secretsManager = once(async () => {
    silenceAnnouncements();
    const sdk = await import('@aws-sdk/client-secrets-manager');
    return { sdk, client: new sdk.SecretsManagerClient({ maxAttempts, requestHandler }) };
  });
  return {
    mediaPackage,
    async readSecret(arn, signal, version = 'AWSCURRENT') {
      const { sdk, client } = await secretsManager();
      const answer = await client.send(
        new sdk.GetSecretValueCommand({ SecretId: arn, VersionStage: version }),
        signal && { abortSignal: signal },
      );
      return answer.SecretString;
    },
  };
}

/** A client that could not be made (no region, say) is tried again at the next use. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** The SDK's announcement that later versions of it will need a newer Node is ours to heed, not our users'. */
function silenceAnnouncements(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
