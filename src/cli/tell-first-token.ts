import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Terminal } from './terminal.js';

const fileName = 'first-token.txt';

/**
 * Hands over the secret of the token that the first start made: shown once where a person looks on, else in a file that its owner alone may read,
 * because what is printed stays in the journal of a service, in the log of a container, or in a shell's redirection.
 */
export async function tellFirstToken(
  terminal: Pick<Terminal, 'print' | 'attended'>,
  dataFolder: string,
  secret: string,
): Promise<void> {
  if (terminal.attended) {
    terminal.print(`Token of the API and the dashboard, shown this once: ${secret}`);
    return;
  }
  const file = join(dataFolder, fileName);
  // Not over an older file, whose permissions would stay.
  await rm(file, { force: true });
  await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  terminal.print(
    `Token of the API and the dashboard: in ${file}, for its owner alone; remove it once you have kept it.`,
  );
}
