import { Failure } from '../domain/failure.js';

/** Temporary credentials of a session (AWS STS API Reference, `AssumeRole`). */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface AssumedRoleOptions {
  readonly roleArn: string;
  /** What the role's trust policy may ask for, so that nobody but the intended reader assumes it. */
  readonly externalId?: string | undefined;
  /** milliseconds since 1970; other than `Date.now` in tests */
  readonly now?: () => number;
}

/** Shows in CloudTrail who read. */
const sessionName = 'reelway-source';
/** milliseconds before the end of a session from when on it is renewed; a request that has begun must get through */
const renewBefore = 5 * 60_000;
/** Tries of one request, with the SDK's own pauses between them. */
const maxAttempts = 4;

/**
 * Gives the credentials of a session of the role, the same ones until they are about to end. Many who ask at once cause one request to
 * STS. Who may assume it, in which region, at which endpoint: as the SDK reads it from its environment and files.
 * @throws Failure storage_forbidden when STS refuses, storage_unavailable when it does not answer
 */
export function assumedRole({
  roleArn,
  externalId,
  now = Date.now,
}: AssumedRoleOptions): () => Promise<SessionCredentials> {
  let session: SessionCredentials | undefined;
  let asking: Promise<SessionCredentials> | undefined;
  return async () => {
    if (session && session.expiration.getTime() - now() > renewBefore) return session;
    asking ??= assume(roleArn, externalId).finally(() => (asking = undefined));
    session = await asking;
    return session;
  };
}

async function assume(roleArn: string, externalId: string | undefined): Promise<SessionCredentials> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const region = process.env.AWS_REGION ?? regionOfForeignEndpoint();
  const client = new STSClient({ maxAttempts, ...(region !== undefined && { region }) });
  try {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
    });
    const { Credentials: given } = await client.send(command);
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration)
      throw new Failure('storage_unavailable', `STS gave no credentials for the role ${roleArn}.`);
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: given.Expiration,
    };
  } catch (error) {
    throw refusal(error, roleArn);
  } finally {
    client.destroy();
  }
}

/** Stand-ins for AWS have no regions; the SDK wants one for its signature. */
function regionOfForeignEndpoint(): string | undefined {
  const { AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL } = process.env;
  return (AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL) ? 'us-east-1' : undefined;
}

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function refusal(error: unknown, roleArn: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { name, message, $metadata } = error as ServiceError;
  const status = $metadata?.httpStatusCode;
  // The SDK hangs the signed exchange on its errors: not for logs, nor for the engine to keep.
  const cause = Object.assign(new Error(message), { name });
  const facts = { details: { role: roleArn, error: name, ...(status !== undefined && { status }) }, cause };
  const [code, meaning] = meaningOf(name, message, status);
  return new Failure(code, `Could not assume the role ${roleArn}: ${meaning} (${name}).`, facts);
}

function meaningOf(name: string, message: string, status: number | undefined) {
  if (name === 'AccessDenied' || name === 'AccessDeniedException')
    return [
      'storage_forbidden',
      'its trust policy does not name these credentials (or asks for another external ID), or these may not call sts:AssumeRole',
    ] as const;
  if (name === 'CredentialsProviderError')
    return ['storage_forbidden', 'no AWS credentials were found in the environment or its profile'] as const;
  if (message.startsWith('Region is missing'))
    return ['storage_forbidden', 'no AWS region is set; set AWS_REGION'] as const;
  if (name === 'RegionDisabledException')
    return ['storage_forbidden', 'STS is not active in this region for that account'] as const;
  if (status !== undefined && status < 500 && status !== 429 && !name.startsWith('Throttl'))
    return ['storage_forbidden', 'STS refuses'] as const;
  return ['storage_unavailable', 'STS does not answer as it should'] as const;
}
