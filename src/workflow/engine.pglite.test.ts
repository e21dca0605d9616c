import { describe } from 'vitest';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { engineContract } from './engine.contract.js';

describe('the engine on the embedded database', () => {
  engineContract('embedded', createDataFolder);
});
