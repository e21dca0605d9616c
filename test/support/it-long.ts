import { it } from 'vitest';
import { longTests } from './extent.js';

/** A test that only `npm run test:long` runs, which finds it by the end of its name. */
export function itLong(name: string, test: () => Promise<void>, timeout?: number): void {
  it.runIf(longTests)(`${name} (long)`, test, timeout);
}
