import { Failure, type FailureCode } from '../domain/failure.js';

type Meanings = Readonly<Record<string, readonly [code: FailureCode, text: string]>>;

/** What Node's file system errors (errno names, see errno(3)) mean to a store. What is not listed is unexpected: `internal`. */
const common: Meanings = {
  ELOOP: ['storage_forbidden', 'symbolic links are not followed inside the storage folder'],
  EACCES: ['storage_forbidden', 'the permissions of the folder do not allow it'],
  EPERM: ['storage_forbidden', 'the system does not allow it'],
  EROFS: ['storage_forbidden', 'the file system is read-only'],
  ENOSPC: ['storage_full', 'no space is left on the device'],
  EDQUOT: ['storage_full', 'the disk quota is used up'],
  EFBIG: ['storage_full', 'the file system does not take files of that size'],
  EIO: ['storage_unavailable', 'the device reports an input/output error'],
  EBUSY: ['storage_unavailable', 'the file is busy'],
  ESTALE: ['storage_unavailable', 'the network file system lost the file'],
  ETIMEDOUT: ['storage_unavailable', 'the network file system does not answer'],
  EMFILE: ['storage_unavailable', 'too many files are open in this process'],
  ENFILE: ['storage_unavailable', 'too many files are open on this machine'],
};

const whenReading: Meanings = {
  ...common,
  ENOENT: ['not_found', 'there is no such object'],
  EISDIR: ['not_found', 'there is a folder of that name, not an object'],
  ENOTDIR: ['not_found', 'a part of the key is an object, not a folder'],
  ENAMETOOLONG: ['not_found', 'the file system does not take names of that length'],
};

const whenWriting: Meanings = {
  ...common,
  ENOENT: [
    'storage_forbidden',
    'the folder cannot be made: its file system takes none, or it is removed again and again',
  ],
  EISDIR: ['conflict', 'there is a folder of that name'],
  ENOTEMPTY: ['conflict', 'there is a folder of that name'],
  ENOTDIR: ['conflict', 'a part of the key is an object, not a folder'],
  EEXIST: ['conflict', 'it exists already'],
  ENAMETOOLONG: ['invalid_request', 'the file system does not take names of that length'],
};

/** The errno name of a file system error, `ENOENT` and the like; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('errno' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A file system error as a Failure that names what was being done (`store "a/b" in file:/srv/media`); other errors as they are. */
export function fileFailure(error: unknown, mode: 'reading' | 'writing', action: string): unknown {
  const errno = errnoOf(error);
  const meaning = errno && (mode === 'reading' ? whenReading : whenWriting)[errno];
  if (!meaning) return error;
  return new Failure(meaning[0], `Could not ${action}: ${meaning[1]} (${errno}).`, {
    details: { errno },
    cause: error,
  });
}
