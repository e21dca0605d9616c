import { failureTable, toFailure } from '../../domain/failure.js';
import { unstorableText } from '../unstorable-text.js';

/** Errors of MediaPackage VOD's API, and those of AWS's signature check, by the names that its clients know, with their HTTP status. */
const statuses = {
  UnprocessableEntityException: 422,
  ForbiddenException: 403,
  NotFoundException: 404,
  TooManyRequestsException: 429,
  InternalServerErrorException: 500,
  ServiceUnavailableException: 503,
  MissingAuthenticationTokenException: 403,
  IncompleteSignatureException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
} as const;

export type ServiceErrorName = keyof typeof statuses;

export class ServiceError extends Error {
  override readonly name: ServiceErrorName;

  constructor(name: ServiceErrorName, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = name;
  }

  get status(): number {
    return statuses[this.name];
  }
}

/** Whatever was thrown, as an error that MediaPackage's clients know. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (isClientError(error)) return new ServiceError('UnprocessableEntityException', error.message, { cause: error });
  const failure = unstorableText(error) ?? toFailure(error);
  if (failure.code === 'internal')
    return new ServiceError('InternalServerErrorException', 'Something unexpected happened; the log says what.', {
      cause: error,
    });
  if (failure.code === 'not_found') return new ServiceError('NotFoundException', failure.message, { cause: error });
  const { kind, status } = failureTable[failure.code];
  if (kind === 'passing') return new ServiceError('ServiceUnavailableException', failure.message, { cause: error });
  const name =
    status === 403
      ? 'ForbiddenException'
      : status >= 500
        ? 'InternalServerErrorException'
        : 'UnprocessableEntityException';
  return new ServiceError(name, failure.message, { cause: error });
}

/** What fastify refuses before a route sees the request. */
function isClientError(error: unknown): error is Error {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 0;
  return status >= 400 && status < 500;
}
