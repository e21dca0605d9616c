import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Uploaded, UploadRules } from '../api/contract/packaging.js';
import { Failure } from '../domain/failure.js';
import { beginsAsMp4 } from '../transfer/uploads.js';
import type { ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';

/** @throws Failure usage when the file cannot be read */
export async function isMp4File(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
      return bytesRead === 8 && beginsAsMp4(buffer);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure('usage', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Sends a file to the storage, for an asset that is made of it.
 * @returns the source for the request that makes the asset
 * @throws Failure conflict when the id is taken; too_large
 */
export async function uploadFile(
  { terminal, signal }: CommandContext,
  api: ApiDoor,
  file: string,
  asset: string,
): Promise<string> {
  const at = `/api/uploads?asset=${encodeURIComponent(asset)}`;
  const [{ limit, free }, { size }] = await Promise.all([api.get<UploadRules>(at, signal), stat(file)]);
  if (!free)
    throw new Failure('conflict', `The asset ${asset} exists already. Choose another --id.`, { details: { asset } });
  if (size > limit)
    throw new Failure('too_large', `${file} is larger than this server takes (REELWAY_UPLOAD_MEGABYTES).`, {
      details: { setting: 'REELWAY_UPLOAD_MEGABYTES', allowed: limit, given: size },
    });
  const line = terminal.progress();
  async function* read(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const piece of createReadStream(file) as AsyncIterable<Uint8Array>) {
      yield piece;
      done += piece.byteLength;
      line.update({ name: basename(file), done, total: size, unit: 'bytes' });
    }
  }
  try {
    return (await api.upload<Uploaded>(at, { body: read(), size }, signal)).source;
  } finally {
    line.clear();
  }
}
