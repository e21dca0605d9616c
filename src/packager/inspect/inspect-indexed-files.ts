import { childOf, childrenOf, type ReadElement } from '../../manifest/xml-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { readSegmentIndex } from '../isobmff/read-sidx.js';
import type { SourceReader } from '../model/source-reader.js';
import { checkCmafHeader, checkCmafSegment } from '../rules/cmaf-rules.js';
import { byteRange } from '../rules/dash-rules.js';
import { checkSegmentIndex } from '../rules/index-rules.js';
import type { RuleProblem } from '../rules/problem.js';
import { resolveUri } from '../segmenter/resolve-uri.js';
import { boxRules } from './box-rules.js';

/** bytes of an init segment, an index or a subsegment that are read at most */
const largestRead = 256 * 1024 * 1024;

export interface MpdPlace {
  readonly reader: SourceReader;
  /** Of the MPD. */
  readonly uri: string;
  readonly signal: AbortSignal | undefined;
}

/** The init segment, the index and the first subsegment of every Representation that is one file. @throws errors of the reader */
export async function inspectIndexedFiles(place: MpdPlace, mpd: ReadElement): Promise<RuleProblem[]> {
  const problems: RuleProblem[] = [];
  for (const period of childrenOf(mpd, 'Period'))
    for (const set of childrenOf(period, 'AdaptationSet'))
      for (const representation of childrenOf(set, 'Representation'))
        problems.push(...(await inspectFile(place, [mpd, period, set, representation])));
  return problems;
}

async function inspectFile({ reader, uri, signal }: MpdPlace, levels: readonly ReadElement[]): Promise<RuleProblem[]> {
  const base = levels.flatMap((level) => childOf(level, 'SegmentBase') ?? []).at(-1);
  const index = byteRange(base?.attributes.indexRange);
  if (!base || !index) return []; // the rules of MPDs say so
  const file = levels.reduce((at, level) => resolveUri(childOf(level, 'BaseURL')?.text ?? '', at) ?? at, uri);
  const name = levels.flatMap((level) => childOf(level, 'BaseURL')?.text ?? []).at(-1) ?? uri;
  const read = (range: { first: number; last: number }) =>
    reader.read(
      { uri: file, offset: range.first, length: range.last - range.first + 1 },
      { limit: largestRead, ...(signal && { signal }) },
    );
  const initialization = byteRange(childOf(base, 'Initialization')?.attributes.range);
  const problems = initialization ? boxRules(name, await read(initialization), checkCmafHeader) : [];
  const indexEnd = index.last + 1;
  const size = await reader.size({ uri: file }, signal);
  const startsWithSap = levels.some(({ attributes }) => Number(attributes.subsegmentStartsWithSAP) > 0);
  const bytes = await read(index);
  problems.push(
    ...boxRules(name, bytes, (of, given) => checkSegmentIndex(of, given, { indexEnd, size, startsWithSap })),
  );
  // Where the index is wrong, what it points to says nothing.
  const first = problems.length === 0 ? firstSubsegment(bytes, indexEnd) : undefined;
  if (first) problems.push(...boxRules(name, await read(first), checkCmafSegment));
  return problems;
}

/** Undefined when there is none in it. */
function firstSubsegment(index: Uint8Array, indexEnd: number): { first: number; last: number } | undefined {
  try {
    const { firstOffset, references } = readSegmentIndex(index);
    const [{ size, toIndex } = { size: 0, toIndex: true }] = references;
    const first = indexEnd + firstOffset;
    return toIndex || size === 0 ? undefined : { first, last: first + size - 1 };
  } catch (error) {
    if (error instanceof MalformedError) return undefined; // the rules of indexes say so
    throw error;
  }
}
