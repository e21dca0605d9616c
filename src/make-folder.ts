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
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT' || parent === folder) throw error;
    await makeFolder(parent, mode);
    await mkdirUnlessThere(folder, mode);
  }
}

async function mkdirUnlessThere(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const there = await stat(folder).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (!there) throw error;
  }
}
