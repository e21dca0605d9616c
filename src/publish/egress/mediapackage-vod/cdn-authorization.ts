import type { PackagingGroup } from '@aws-sdk/client-mediapackage-vod';
import { Failure } from '../../../domain/failure.js';
import { awsFailure } from './aws-failure.js';

/** MediaPackage's header, and the key of the secret that holds its value: they are not the same word. */
const headerName = 'X-MediaPackage-CDNIdentifier';
const secretKey = 'MediaPackageCDNIdentifier';

/** Reads a secret's text from Secrets Manager: what it is, or what it was before its rotation. */
export type ReadSecret = (
  arn: string,
  signal?: AbortSignal,
  version?: 'AWSCURRENT' | 'AWSPREVIOUS',
) => Promise<string | undefined>;

/**
 * The headers that the endpoints of a group want: MediaPackage answers 404 to the header where the group has no authorization. The value
 * goes from Secrets Manager to the request and nowhere else.
 * @throws Failure mediapackage_refused when the secret is not what MediaPackage takes; its value is not said
 */
async function cdnAuthorization(
  { Authorization: authorization, Id: id }: PackagingGroup,
  readSecret: ReadSecret,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const arn = authorization?.CdnIdentifierSecret;
  if (arn === undefined || arn === '') return {};
  const text = await readSecret(arn, signal).catch((error: unknown) => {
    throw awsFailure(error, `read the secret ${arn} of the packaging group "${id ?? ''}"`, signal);
  });
  const value = identifierOf(text);
  if (value !== undefined) return { [headerName]: value };
  throw new Failure(
    'mediapackage_refused',
    `The secret ${arn} of the packaging group "${id ?? ''}" is not {"${secretKey}":"..."} with 8 to 128 characters.`,
    { details: { secret: arn } },
  );
}

/**
 * What to give, and what else when that is refused. A secret that was rotated is known to MediaPackage within minutes: who has the version before
 * gives the new one, and who has the new one that before.
 */
export function cdnCredentials(
  packagingGroup: () => Promise<PackagingGroup>,
  readSecret: ReadSecret,
  signal?: AbortSignal,
): () => Promise<Readonly<Record<string, string>>> {
  let refused: Readonly<Record<string, string>> | undefined;
  return async () => {
    const group = await packagingGroup();
    const current = await cdnAuthorization(group, readSecret, signal);
    if (refused === undefined || refused[headerName] !== current[headerName]) return (refused = current);
    const before = cdnAuthorization(group, (arn, signal) => readSecret(arn, signal, 'AWSPREVIOUS'), signal);
    return (refused = await before.catch(() => current));
  };
}

/** The identifier in a secret's text; undefined when it is not what MediaPackage takes. */
export function identifierOf(text: string | undefined): string | undefined {
  try {
    const json = JSON.parse(text ?? '') as Readonly<Record<string, unknown>> | null;
    const value = json?.[secretKey];
    return typeof value === 'string' && /^[\x21-\x7E]{8,128}$/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
