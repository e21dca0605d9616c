import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generatedPages } from '../docs/generate.js';

const pages = await generatedPages();

it.each([...pages.keys()])('docs/%s says what the code says (else: npm run docs)', async (name) => {
  const written = await readFile(path.join(import.meta.dirname, '../docs', name), 'utf8');
  expect(written).toBe(pages.get(name));
});
