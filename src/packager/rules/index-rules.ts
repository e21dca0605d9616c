import { readSegmentIndex } from '../isobmff/read-sidx.js';
import { Findings, type RuleProblem } from './problem.js';

/** What is known of a file whose subsegments an index lists. */
export interface IndexedFile {
  /** The byte after the index. */
  readonly indexEnd: number;
  /** bytes */
  readonly size: number;
  /** Manifests say that every subsegment starts with an access point. */
  readonly startsWithSap: boolean;
}

/** Rules of ISO/IEC 14496-12 §8.16.3 for the one index of a file. @param bytes of the index, or of all up to its end @throws Error when its boxes cannot be read */
export function checkSegmentIndex(
  file: string,
  bytes: Uint8Array,
  { indexEnd, size, startsWithSap }: IndexedFile,
): RuleProblem[] {
  const findings = new Findings(file);
  const { references, firstOffset, timescale } = readSegmentIndex(bytes);
  findings.expect(timescale > 0, 'sidx.timescale', () => 'the timescale is 0');
  findings.expect(references.length > 0, 'sidx.references', () => 'the index lists nothing');
  const indexes = references.filter(({ toIndex }) => toIndex).length;
  findings.expect(indexes === 0, 'sidx.references', () => `${indexes} references are to another index`);
  const end = references.reduce((sum, each) => sum + each.size, indexEnd + firstOffset);
  findings.expect(end === size, 'sidx.sizes', () => `its subsegments end at byte ${end} of ${size}`);
  const empty = references.findIndex(({ duration, size: bytesOf }) => duration === 0 || bytesOf === 0);
  findings.expect(empty < 0, 'sidx.durations', () => `subsegment ${empty + 1} is empty`);
  const without = references.findIndex((each) => !each.startsWithSap);
  findings.expect(
    !startsWithSap || without < 0,
    'sidx.access-points',
    () => `subsegment ${without + 1} does not start with an access point, and the manifest says that all do`,
  );
  return findings.problems;
}
