import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

let found: string | undefined;

/** The folder of AWS's own models of its services, which botocore and the AWS CLI bring along; undefined where neither is installed. */
export function botocoreData(): string | undefined {
  // Debian's own first: it is found without starting Python.
  found ??= ['/usr/lib/python3/dist-packages/botocore/data', ownOfPython()].find(
    (folder) => folder !== undefined && existsSync(folder),
  );
  return found;
}

function ownOfPython(): string | undefined {
  const { stdout } = spawnSync('python3', ['-c', 'import botocore; print(botocore.__file__)'], { encoding: 'utf8' });
  return stdout ? path.join(path.dirname(stdout.trim()), 'data') : undefined;
}
