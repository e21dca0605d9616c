import { Failure, type FailureCode } from '../domain/failure.js';
import { HttpFault } from '../net/http-fault.js';

/** What goes wrong while a source is read, in the words of the failure table. */

/** A status that is no success. 4xx other than these are taken for a matter of permission: origins answer 400 to a bad signature. */
export function statusFailure(status: number, shown: string): Failure {
  const [code, meaning] = meaningOf(status);
  return new Failure(code, `${shown} answers ${status}: ${meaning}.`, { details: { url: shown, status } });
}

function meaningOf(status: number): readonly [FailureCode, string] {
  if (status === 404 || status === 410) return ['source_not_found', 'there is nothing'];
  if ([408, 425, 429].includes(status) || status >= 500) return ['source_unavailable', 'it cannot serve it now'];
  return ['source_forbidden', 'it does not serve it to us'];
}

/** An exchange that gave no answer; anything else as it is. */
export function faultFailure(error: unknown): unknown {
  if (!(error instanceof HttpFault)) return error;
  return new Failure(error.passing ? 'source_unavailable' : 'source_invalid', `${error.message}.`, { cause: error });
}

const fileCodes: Readonly<Record<string, readonly [FailureCode, string]>> = {
  ENOENT: ['source_not_found', 'there is no such file'],
  ENOTDIR: ['source_not_found', 'there is no such file'],
  ENAMETOOLONG: ['source_not_found', 'there is no such file'],
  EISDIR: ['source_invalid', 'it is a folder, a file is needed'],
  ELOOP: ['source_invalid', 'its symbolic links lead in a circle'],
  EACCES: ['source_forbidden', 'it may not be read'],
  EPERM: ['source_forbidden', 'it may not be read'],
  EIO: ['source_unavailable', 'the device reports an input/output error'],
  ESTALE: ['source_unavailable', 'the network file system lost it'],
  EMFILE: ['source_unavailable', 'too many files are open in this process'],
  ENFILE: ['source_unavailable', 'too many files are open on this machine'],
};

/** A file system error; anything else as it is. */
export function fileFailure(error: unknown, path: string): unknown {
  const errno = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const meaning = Object.hasOwn(fileCodes, errno) ? fileCodes[errno] : undefined;
  if (!meaning) return error;
  return new Failure(meaning[0], `The source ${path} cannot be read: ${meaning[1]} (${errno}).`, {
    details: { uri: path, errno },
    cause: error,
  });
}

const storageCodes: Partial<Record<FailureCode, FailureCode>> = {
  not_found: 'source_not_found',
  invalid_request: 'source_invalid',
  storage_forbidden: 'source_forbidden',
  storage_unavailable: 'source_unavailable',
};

/** A failure of a store that a source lies in; anything else as it is. */
export function storeFailure(error: unknown, uri: string): unknown {
  const code = error instanceof Failure ? storageCodes[error.code] : undefined;
  if (!(error instanceof Failure) || !code) return error;
  return new Failure(code, `The source ${uri} cannot be read. ${error.message}`, { details: { uri }, cause: error });
}

/** @param limit bytes */
export function tooLarge(shown: string, limit: number, size?: number): Failure {
  const given = size === undefined ? 'more' : `${size} bytes`;
  return new Failure(
    'source_too_large',
    `${shown} is too large: at most ${limit} bytes are allowed, it has ${given}.`,
    {
      details: { uri: shown, allowed: limit, ...(size !== undefined && { given: size }) },
    },
  );
}

/** A range that ends beyond the resource. */
export function endsEarly(shown: string, wanted: number, size: number): Failure {
  return new Failure('source_invalid', `${shown} ends at byte ${size}, while bytes up to ${wanted} are referred to.`, {
    details: { uri: shown, byteOffset: size },
  });
}
