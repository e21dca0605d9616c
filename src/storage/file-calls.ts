import {
  close,
  closeSync,
  link,
  linkSync,
  lstat,
  lstatSync,
  open,
  openSync,
  rename,
  renameSync,
  unlink,
  unlinkSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

type Eventually<T> = T | Promise<T>;

/** What is asked of the file system about an object beside moving its bytes. Files are descriptors. */
export interface FileCalls {
  open(path: string, flags: string, mode: number): Eventually<number>;
  close(file: number): Eventually<void>;
  facts(path: string): Eventually<BigIntStats>;
  rename(from: string, to: string): Eventually<void>;
  link(from: string, to: string): Eventually<void>;
  unlink(path: string): Eventually<void>;
}

const lstatPooled = promisify(lstat) as unknown as (path: string, options: { bigint: true }) => Promise<BigIntStats>;

/** Made in the thread pool: a network file system that does not answer holds up nothing but its own object. */
export const pooledCalls: FileCalls = {
  open: promisify(open),
  close: promisify(close),
  facts: (path) => lstatPooled(path, { bigint: true }),
  rename: promisify(rename),
  link: promisify(link),
  unlink: promisify(unlink),
};

/**
 * Made in the calling thread: a few microseconds each, where a trip to the thread pool costs 30 to 50 of processor time, and there are a
 * dozen for each segment. For threads and programs that do nothing but package.
 */
export const immediateCalls: FileCalls = {
  open: openSync,
  close: closeSync,
  facts: (path) => lstatSync(path, { bigint: true }),
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
};
