import { failureTable, type Failure, type FailureDetails } from '../domain/failure.js';

/** Problem details (RFC 9457): what the API answers and what `--json` prints when something failed. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  /** HTTP status (RFC 9110 section 15) */
  readonly status: number;
  readonly detail: string;
  /** The stable code of domain/failure.ts. */
  readonly code: string;
  /** What to do now, one sentence. */
  readonly help: string;
  /** Whether waiting may cure it. */
  readonly passing: boolean;
  readonly details?: FailureDetails;
}

export const problemContentType = 'application/problem+json';

/** An unexpected error keeps its wording for the log: it may hold what a caller must not see. */
export function toProblem(failure: Failure): Problem {
  const { title, status, help, kind } = failureTable[failure.code];
  return {
    type: `urn:reelway:failure:${failure.code}`,
    title,
    status,
    detail: failure.code === 'internal' ? 'Something unexpected happened; the log says what.' : failure.message,
    code: failure.code,
    help,
    passing: kind === 'passing',
    ...(Object.keys(failure.details).length > 0 && { details: failure.details }),
  };
}
