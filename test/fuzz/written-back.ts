import { isDeepStrictEqual } from 'node:util';
import { MalformedError } from '../../src/packager/bits/malformed.js';
import { ManifestError } from '../../src/manifest/manifest-error.js';

/** What was written of something parsed is something else, or nothing that can be parsed. */
export class NotWrittenBackError extends Error {
  override readonly name = 'NotWrittenBackError';
}

/**
 * Parses, writes what was parsed, and parses that: it must be the same again.
 * @param write may throw a ManifestError for what its language cannot say
 * @throws what `parse` throws; NotWrittenBackError
 */
export function writtenBack<Input, Parsed>(
  parse: (input: Input) => Parsed,
  write: (parsed: Parsed) => NoInfer<Input>,
): (input: Input) => Parsed {
  return (input) => {
    const parsed = parse(input);
    const written = write(parsed);
    const again = parseAgain(parse, written);
    if (!isDeepStrictEqual(again, parsed))
      throw new NotWrittenBackError(`parsed ${shown(parsed)}\nwritten ${shown(written)}\nparsed again ${shown(again)}`);
    return parsed;
  };
}

function parseAgain<Input, Parsed>(parse: (input: Input) => Parsed, written: Input): Parsed {
  try {
    return parse(written);
  } catch (error) {
    if (!(error instanceof MalformedError || error instanceof ManifestError)) throw error;
    throw new NotWrittenBackError(`${error.message}\nwritten ${shown(written)}`, { cause: error });
  }
}

function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(value);
  return text.slice(0, 2000);
}
