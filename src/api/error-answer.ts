import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Failure, toFailure } from '../domain/failure.js';
import { isDatabaseAway } from '../workflow/database-away.js';
import { problemContentType, toProblem } from './problem.js';
import { unstorableText } from './unstorable-text.js';

/** Answers every thrown thing as problem details (RFC 9457); what was not expected is logged with its stack and not shown. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(error);
  const problem = toProblem(failure);
  if (problem.status >= 500) request.log.error({ err: failure.cause ?? failure, code: failure.code }, failure.message);
  else request.log.info({ code: failure.code }, failure.message);
  if (failure.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="reelway"');
  return reply.code(problem.status).type(problemContentType).send(JSON.stringify(problem));
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  return answerError(new Failure('not_found', `There is no ${request.method} ${path}.`), request, reply);
}

function failureOf(error: unknown): Failure {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = error.validationContext ?? 'request';
    const problems = error.validation.map(
      ({ instancePath, message }) => `${fieldName(where, instancePath)}: ${message}`,
    );
    return new Failure('invalid_request', problems.join('; '), { details: { problems } });
  }
  if (!(error instanceof Failure) && isFastifyError(error)) return failureOfFastify(error);
  if (!(error instanceof Failure) && isDatabaseAway(error))
    return new Failure('database_unavailable', 'The database does not answer; ask again in a moment.', {
      cause: error,
    });
  return unstorableText(error) ?? toFailure(error);
}

/** `body` and `/renditions/0/uri` (RFC 6901) as `body.renditions.0.uri`. */
function fieldName(where: string, pointer: string): string {
  return [where, ...pointer.split('/').filter((part) => part !== '')].join('.');
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_');
}

/** What fastify itself refuses before a route sees the request. */
function failureOfFastify(error: FastifyError): Failure {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Failure('too_large', `${error.message}.`, { cause: error });
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new Failure('invalid_request', `${error.message}.`, { cause: error });
  return new Failure('internal', error.message, { cause: error });
}
