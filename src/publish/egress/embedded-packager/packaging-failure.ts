import { Failure, toFailure } from '../../../domain/failure.js';
import { PackagerError } from '../../../packager/packager.js';

/**
 * Whatever packaging threw, as a Failure: a PackagerError's codes are those of the failure table and its location becomes the details;
 * what an aborted call threw is `cancelled`, whichever library threw it.
 */
export function packagingFailure(error: unknown, signal?: AbortSignal): Failure {
  if (error instanceof Failure && error.code !== 'internal') return error;
  if (error instanceof PackagerError)
    return new Failure(error.code, error.message, { details: error.details, cause: error });
  if (!signal?.aborted) return toFailure(error);
  const reason: unknown = signal.reason;
  return reason instanceof Failure ? reason : new Failure('cancelled', 'The packaging was cancelled.');
}
