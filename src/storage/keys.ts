import { Failure } from '../domain/failure.js';

/**
 * Names of objects. One rule for every store, so that what is written to a folder can be copied to S3 and back: `/`-separated parts,
 * relative, no empty, `.` or `..` part, no control characters, no backslash (a separator to some file systems and browsers), well-formed
 * Unicode, within the caps below.
 */

/** bytes of UTF-8; S3's own limit (User Guide, "Object key naming guidelines") */
const maxKeyBytes = 1024;
/** bytes of UTF-8 between two slashes; NAME_MAX of Linux file systems */
const maxPartBytes = 255;

/** Begins the names of unfinished files of the local store; no key may use it. */
export const temporaryPrefix = '.reelway-tmp-';

/** The folder beside an endpoint that is Reelway's own (inventory); what is in it is never served. */
const reservedFolder = '.reelway';

/**
 * Checks a key and returns it.
 * @throws Failure invalid_request saying what is wrong with it
 */
export function checkKey(key: string): string {
  const problem = problemOf(key);
  if (problem) throw invalidKey(key, problem);
  return key;
}

/**
 * Checks a prefix for listing and returns it: empty, or a key followed by `/`.
 * @throws Failure invalid_request
 */
export function checkPrefix(prefix: string): string {
  if (prefix === '') return prefix;
  if (!prefix.endsWith('/')) throw invalidKey(prefix, 'a prefix ends in / or is empty');
  checkKey(prefix.slice(0, -1));
  return prefix;
}

/**
 * Joins parts, each of which may hold slashes inside, to one key; empty parts are left out.
 * @throws Failure invalid_request when the result, or a part of it, is not a key
 */
export function joinKey(...parts: readonly string[]): string {
  return checkKey(parts.filter((part) => part !== '').join('/'));
}

/** Does the key lie in a folder that is Reelway's own, at any depth? */
export function isReservedKey(key: string): boolean {
  return key.split('/').includes(reservedFolder);
}

function problemOf(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (/\p{Surrogate}/u.test(key)) return 'it is not well-formed Unicode';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key)) return 'control characters are not allowed';
  if (key.includes('\\')) return 'backslashes are not allowed';
  if (Buffer.byteLength(key) > maxKeyBytes) return `at most ${maxKeyBytes} bytes are allowed`;
  return key.split('/').map(problemOfPart).find(Boolean);
}

function problemOfPart(part: string): string | undefined {
  if (part === '') return 'a part between slashes is empty (keys are relative and end in a name)';
  if (part === '.' || part === '..') return `the part "${part}" is not allowed`;
  if (part.startsWith(temporaryPrefix)) return `parts that begin with ${temporaryPrefix} are reserved`;
  if (Buffer.byteLength(part) > maxPartBytes) return `a part may have at most ${maxPartBytes} bytes`;
  return undefined;
}

function invalidKey(key: string, problem: string): Failure {
  const shown = JSON.stringify(key.length > 200 ? `${key.slice(0, 200)}...` : key);
  return new Failure('invalid_request', `The object key ${shown} is not usable: ${problem}.`, {
    details: { key: shown, problem },
  });
}
