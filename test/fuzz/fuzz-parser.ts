import { MalformedError } from '../../src/packager/bits/malformed.js';
import { UnsupportedCodingError } from '../../src/packager/codec/unsupported-coding.js';
import { PackagerError } from '../../src/packager/errors.js';
import { ManifestError } from '../../src/manifest/manifest-error.js';
import { mutate, randomNumbers } from './mutate.js';
import type { FuzzedParser } from './fuzzed-parser.js';

export interface FuzzLimits {
  readonly seed: number;
  /** Ends when it says so; asked before each input. */
  readonly more: (inputs: number) => boolean;
  /** milliseconds of the processor that one input may take: a machine that does other things is no fault of a parser's */
  readonly slowest?: number;
}

export interface FuzzResult {
  readonly inputs: number;
  /** Inputs with an outcome that none before had: they are changed further. */
  readonly outcomes: number;
  readonly failure?: { readonly input: Uint8Array; readonly problem: string };
}

const mostKept = 2000;

/** Only these say that an input is bad; anything else is a fault of ours. */
function isExpected(error: unknown): boolean {
  return [MalformedError, UnsupportedCodingError, PackagerError, ManifestError].some((kind) => error instanceof kind);
}

/**
 * Gives a parser changed seeds until something happens that must not, or time is over. What an input leads to (the message of its error without
 * numbers) stands in for the coverage that it has: one that leads to something new is changed in turn.
 */
export async function fuzzParser({ seeds, broken = [], parse }: FuzzedParser, limits: FuzzLimits): Promise<FuzzResult> {
  const random = randomNumbers(limits.seed);
  const corpus = [...seeds, ...broken];
  const first = corpus.length;
  const outcomes = new Set<string>();
  let inputs = 0;
  for (; limits.more(inputs); inputs += 1) {
    const input = inputs < first ? (corpus[inputs] as Uint8Array) : mutate(corpus, random);
    const begun = process.cpuUsage();
    let outcome = 'parsed';
    try {
      await parse(input.slice());
    } catch (error) {
      if (!isExpected(error)) {
        const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return { inputs, outcomes: outcomes.size, failure: { input, problem } };
      }
      // What the input gave is another each time, and tells of nothing new.
      outcome = (error as Error).message
        .replace(/(?:given|hold no [^:]*|URI|expected|variable)[^]*/, '')
        .replaceAll(/\d+/g, '#')
        .slice(0, 120);
    }
    const { user, system } = process.cpuUsage(begun);
    const took = (user + system) / 1000;
    if (took > (limits.slowest ?? Infinity))
      return { inputs, outcomes: outcomes.size, failure: { input, problem: `it took ${Math.round(took)} ms` } };
    if (outcomes.has(outcome)) continue;
    outcomes.add(outcome);
    if (corpus.length < mostKept) corpus.push(input);
  }
  return { inputs, outcomes: outcomes.size };
}
