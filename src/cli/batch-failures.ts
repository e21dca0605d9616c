import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../domain/failure.js';
import { fileFailure } from '../storage/file-errors.js';
import { readBatch } from './batch-list.js';

/** Why the request of a line came to nothing. */
export type LineFailure = Pick<Failure, 'code' | 'message'>;

/** Where the requests that failed go. */
export interface FailureFile {
  /**
   * Writes a file that is itself a list: each request as it was given, with why it failed beside it. Reads the list once more for that,
   * because no request was kept. Without failures there is no file.
   * @throws Failure storage_full and others
   */
  write(list: string, failures: ReadonlyMap<number, LineFailure>): Promise<void>;
  /** Ends without writing: what is there stays. Does nothing after `write`. */
  discard(): Promise<void>;
}

/**
 * Opened before the first request is handed in: whoever gave a place that cannot be written to is told then, and not after hours of work.
 * @throws Failure usage
 */
export async function openFailureFile(file: string): Promise<FailureFile> {
  // Written beside it and then moved there: the file may be the list itself.
  const part = `${file}.part`;
  const handle = await opened(file, part);
  const discard = async (): Promise<void> => {
    await handle.close();
    await rm(part, { force: true });
  };
  return {
    discard,
    async write(list, failures) {
      if (failures.size === 0) {
        await discard();
        return rm(file, { force: true });
      }
      try {
        await pipeline(linesOf(list, failures), handle.createWriteStream());
        await rename(part, file);
      } catch (error) {
        throw fileFailure(error, 'writing', `write ${file}`);
      }
    },
  };
}

async function opened(file: string, part: string): Promise<FileHandle> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  try {
    if (isFolder) throw new Error('it is a folder');
    return await open(part, 'w', 0o600);
  } catch (error) {
    throw new Failure('usage', `--failures: ${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function* linesOf(list: string, failures: ReadonlyMap<number, LineFailure>): AsyncGenerator<string> {
  for await (const line of readBatch(list)) {
    const failure = failures.get(line.number);
    if (!failure) continue;
    const { code, message } = failure;
    const told = { failure: { line: line.number, code, message } };
    const record = 'request' in line ? { ...line.request, ...told } : { given: line.given, ...told };
    yield `${JSON.stringify(record)}\n`;
  }
}
