import { describe, expect, it } from 'vitest';
import { fuzzParser } from './fuzz-parser.js';
import { parsers } from './parsers.js';

/** So many changed inputs of each parser on every run of the tests; `npm run fuzz` takes as long as it is told. */
const inputs = 150;

describe('bad input is told from good, and nothing else happens', () => {
  it.each(Object.entries(parsers))('by %s', async (_, parser) => {
    for (const seed of parser.seeds) await parser.parse(seed.slice());
    const all = parser.seeds.length + (parser.broken?.length ?? 0) + inputs;
    const result = await fuzzParser(parser, { seed: 1, more: (count) => count < all });
    expect(result.failure?.problem).toBeUndefined();
    expect(result).toMatchObject({ inputs: all });
  });
});
