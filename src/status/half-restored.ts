import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../domain/failure.js';

/** Stands in a data folder from the first to the last moment of a restore. */
export function restoringFile(dataFolder: string): string {
  return path.join(dataFolder, 'restoring');
}

/** @throws Failure restore_unfinished: what lies there looks like a data folder and is half of one */
export function refuseHalfRestored(dataFolder: string): void {
  if (!existsSync(restoringFile(dataFolder))) return;
  throw new Failure('restore_unfinished', `A restore into ${dataFolder} was stopped before its end.`, {
    details: { setting: 'REELWAY_DATA_DIR', given: dataFolder },
  });
}
