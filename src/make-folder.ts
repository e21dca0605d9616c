import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, as `mkdir -p` does. Node's own (`recursive: true`) never ends where nothing can be made and ENOENT is
 * the answer, as below /proc: it goes on to make the parent, which is there, and the folder again, and no signal stops it.
 * @param mode of those that are made
 * @throws the file system's error
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await mkdirUnlessThere(folder, mode);
  } catch (error) {
    const parent = dirname(folder);
    if (!isOf(error, 'ENOENT') || parent === folder) throw error;
    await makeFolder(parent, mode);
    await mkdirUnlessThere(folder, mode);
  }
}

/** @param attempts somebody may take the folder away between two looks; a link that leads nowhere stays, so not for ever */
async function mkdirUnlessThere(folder: string, mode: number, attempts = 100): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory()) return;
    if (found || !isOf(error, 'EEXIST') || attempts === 1) throw error;
    await mkdirUnlessThere(folder, mode, attempts - 1);
  }
}

function isOf(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
