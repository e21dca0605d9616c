import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import type { Failure } from '../domain/failure.js';
import { readBatch } from './batch-list.js';

/** Why the request of a line came to nothing. */
export type LineFailure = Pick<Failure, 'code' | 'message'>;

/**
 * Writes the requests that failed into a file that is itself a list: each as it was given, with why it failed beside it. Reads the list once
 * more for that, because no request was kept. Without failures there is no file.
 */
export async function writeFailures(
  list: string,
  file: string,
  failures: ReadonlyMap<number, LineFailure>,
): Promise<void> {
  if (failures.size === 0) return rm(file, { force: true });
  // Written beside it and then moved there: the file may be the list itself.
  const part = `${file}.part`;
  const out = createWriteStream(part, { flags: 'w', mode: 0o600 });
  for await (const line of readBatch(list)) {
    const failure = failures.get(line.number);
    if (!failure) continue;
    const { code, message } = failure;
    const told = { failure: { line: line.number, code, message } };
    const record = 'request' in line ? { ...line.request, ...told } : { given: line.given, ...told };
    if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  await rename(part, file);
}
