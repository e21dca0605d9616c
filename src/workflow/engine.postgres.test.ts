import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { createDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { engineContract } from './engine.contract.js';

describe.runIf(requires('postgres'))('the engine on a PostgreSQL server', () => {
  engineContract('server', async () => {
    const database = await createDatabase();
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
    return {
      dataFolder,
      databaseUrl: database.url,
      async remove() {
        await database.drop();
        await rm(dataFolder, { recursive: true });
      },
    };
  });
});
