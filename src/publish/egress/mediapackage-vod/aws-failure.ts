import { Failure } from '../../../domain/failure.js';

/** What the AWS SDK threw, as far as it is looked at. */
interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

function awsError(error: unknown): AwsError | undefined {
  if (!(error instanceof Error)) return undefined;
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number } | undefined) : undefined;
  // SDK and Step Functions differ in whether the text is `message` or `Message`.
  const told = 'Message' in error && typeof error.Message === 'string' ? error.Message : error.message;
  return { name: error.name, message: told, status: metadata?.httpStatusCode };
}

export function isNotFound(error: unknown): boolean {
  return awsError(error)?.name === 'NotFoundException';
}

/** Names and system errors of trouble that waiting may cure. */
const passing =
  /^(TooManyRequests|ServiceUnavailable|Internal|Thrott|RequestThrottled|RequestLimitExceeded|RequestTimeout|Timeout|ProvisionedThroughput)/;
const unreachable =
  /\b(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|socket hang up)\b/;

/**
 * An error of MediaPackage or Secrets Manager in words of ours. Neither their messages nor these hold a secret's value.
 * @param action what was asked: `describe the asset "a"`
 */
export function awsFailure(error: unknown, action: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  const told = awsError(error);
  if (!told || error instanceof Failure) return error;
  const code = 'code' in (error as Error) ? String((error as Error & { code: unknown }).code) : '';
  const passes =
    passing.test(told.name) ||
    told.status === 429 ||
    (told.status ?? 0) >= 500 ||
    unreachable.test(`${code} ${told.message}`);
  const what = `AWS does not ${action}: ${told.name}: ${told.message.slice(0, 300)}`;
  return new Failure(passes ? 'mediapackage_unavailable' : 'mediapackage_refused', what, {
    details: { error: told.name, ...(told.status !== undefined && { status: told.status }) },
    cause: error,
  });
}
