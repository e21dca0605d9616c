import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { handOnLibraryVariables, readEnvironment } from './environment.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'reelway-env-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('reads .env, lets the process win, and takes an empty value as not given', () => {
  writeFileSync(join(folder, '.env'), 'REELWAY_PORT=9000\nREELWAY_HOST=localhost\nLOG_LEVEL=\n');
  expect(readEnvironment(folder, { REELWAY_PORT: '9001', REELWAY_HOST: '', DATABASE_URL: '' })).toEqual({
    REELWAY_PORT: '9001',
    REELWAY_HOST: 'localhost',
  });
});

it('does without .env, and says so when there is one that cannot be read', () => {
  expect(readEnvironment(folder, { A: 'b' })).toEqual({ A: 'b' });
  mkdirSync(join(folder, '.env'));
  expect(() => readEnvironment(folder, {})).toThrow(/\.env cannot be read/);
});

it('hands the AWS variables of .env on to the SDK, and never over what the process has', () => {
  const variables = { AWS_REGION: 'us-east-1' };
  handOnLibraryVariables({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9', OTHER: 'x' }, variables);
  expect(variables).toEqual({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
});
