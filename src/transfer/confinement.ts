import { Failure } from '../domain/failure.js';

/**
 * What a playlist may refer to: for files and S3, only what lies in its own folder or below (else `../../etc/passwd` would be packaged and
 * published); for https, any address that passes `net/safe-url`. Never another kind than its own.
 */
export function leavesItsFolder(uri: string, folder: string): Failure {
  return new Failure(
    'url_refused',
    `The source refers to ${uri}, which lies outside its own folder ${folder}; only that folder and what is below it is allowed.`,
    { details: { uri, allowed: folder } },
  );
}

export function otherKind(uri: string, source: string): Failure {
  return new Failure(
    'url_refused',
    `The source ${source} refers to ${uri}, which is another kind of address; that is not allowed.`,
    {
      details: { uri, source },
    },
  );
}
