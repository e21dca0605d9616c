import { Failure } from '../domain/failure.js';

/** PostgreSQL's codes for text with a character that it has no place for: NUL, which JSON and addresses may hold (appendix A, class 22). */
const codes = new Set<unknown>(['22021', '22P05']);

/** The caller's fault, where the database says that it was given such text: all that a request looks for or stores comes from its sender. */
export function unstorableText(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('code' in error) || !codes.has(error.code)) return undefined;
  return new Failure('invalid_request', 'A text of the request holds the character NUL, which nothing here has.', {
    cause: error,
  });
}
