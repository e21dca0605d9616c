import { Failure, type FailureCode } from '../domain/failure.js';

/** Errors of S3 by name (API Reference, "Error responses") where the status alone would mislead. */
const byName: Readonly<Record<string, readonly [FailureCode, string]>> = {
  NoSuchBucket: ['storage_forbidden', 'there is no such bucket'],
  NoSuchKey: ['not_found', 'there is no such object'],
  NotFound: ['not_found', 'there is no such object'],
  NoSuchUpload: ['storage_unavailable', 'the upload was aborted by somebody else'],
  InvalidRange: ['invalid_request', 'the range lies outside the object'],
  PreconditionFailed: ['conflict', 'the object was replaced meanwhile'],
  EntityTooLarge: ['too_large', 'the server does not take objects of that size'],
  BadDigest: ['storage_unavailable', 'the bytes arrived damaged'],
  XAmzContentChecksumMismatch: ['storage_unavailable', 'the bytes arrived damaged'],
  XAmzContentSHA256Mismatch: ['storage_unavailable', 'the bytes arrived damaged'],
  IncompleteBody: ['storage_unavailable', 'the bytes did not all arrive'],
  RequestTimeout: ['storage_unavailable', 'the bytes did not arrive in time'],
  RequestTimeTooSkewed: ['storage_forbidden', 'the clock of this machine is wrong'],
  ConditionalRequestConflict: ['storage_unavailable', 'somebody else writes the same object'],
  OperationAborted: ['storage_unavailable', 'somebody else changes the same bucket'],
  QuotaExceeded: ['storage_full', 'the quota is used up'],
  CredentialsProviderError: ['storage_forbidden', 'no AWS credentials were found in the environment or its profile'],
  TimeoutError: ['storage_unavailable', 'the server does not answer in time'],
};

const byStatus: Readonly<Record<number, readonly [FailureCode, string]>> = {
  404: ['not_found', 'there is no such object'],
  408: ['storage_unavailable', 'the server timed out'],
  412: ['conflict', 'the object was replaced meanwhile'],
  413: ['too_large', 'the server does not take objects of that size'],
  416: ['invalid_request', 'the range lies outside the object'],
  429: ['storage_unavailable', 'the server asks for fewer requests'],
  501: ['storage_forbidden', 'the server does not implement what is needed'],
  507: ['storage_full', 'the server has no room left'],
};

/** What the SDK threw, as far as it is known. */
export interface S3Problem {
  /** e.g. `NoSuchKey`; `ECONNRESET` and the like where no answer came */
  readonly name: string;
  /** HTTP status; undefined where no answer came */
  readonly status: number | undefined;
  /** the header */
  readonly retryAfter: string | undefined;
}

interface SdkError {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  readonly code?: unknown;
}

export function s3Problem(error: unknown): S3Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata, $response, code } = error as SdkError;
  const network = typeof code === 'string' && /^(E[A-Z]{3,}|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE)$/.test(code);
  const status = $metadata?.httpStatusCode;
  if (status === undefined && !network && !Object.hasOwn(byName, error.name)) return undefined;
  return {
    name: network && status === undefined ? code : error.name,
    status,
    retryAfter: $response?.headers?.['retry-after'],
  };
}

/** An error of the SDK as a Failure that names what was being done; anything else (a source's failure, an abort) as it is. */
export function s3Failure(error: unknown, action: string): unknown {
  if (error instanceof Failure) return error;
  const text = error instanceof Error ? error.message : '';
  if (text.startsWith('Region is missing')) {
    return new Failure('storage_forbidden', `Could not ${action}: no AWS region is set; set AWS_REGION.`, {
      cause: error,
    });
  }
  const problem = s3Problem(error);
  if (!problem) return error;
  const { name, status } = problem;
  const [code, meaning] = meaningOf(problem);
  // "UnknownError" is what the SDK says when an answer has no body, as those to HEAD.
  const said = name === 'UnknownError' || name === String(status) ? '' : name;
  const facts = [said, ...(status === undefined ? [] : [`status ${status}`])].filter(Boolean).join(', ');
  return new Failure(code, `Could not ${action}: ${meaning} (${facts}).`, {
    details: { error: name, ...(status !== undefined && { status }) },
    cause: bare(error),
  });
}

function meaningOf({ name, status }: S3Problem): readonly [FailureCode, string] {
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (named) return named;
  if (status === undefined) return ['storage_unavailable', 'the connection failed'];
  return byStatus[status] ?? (status >= 500 ? ['storage_unavailable', 'the server has a problem'] : refused);
}

/** The SDK hangs the whole exchange on its errors, signed headers included: not for logs, nor for the engine to keep. */
function bare(error: unknown): Error | undefined {
  return error instanceof Error ? Object.assign(new Error(error.message), { name: error.name }) : undefined;
}

const refused = ['storage_forbidden', 'the server refuses'] as const;
