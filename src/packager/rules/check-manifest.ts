import { filePeriods, type FileLayout, type FilePeriod, layOut } from '../presentation/single-file.js';
import type { ManifestFile, SegmentFacts } from '../presentation/planned-manifest.js';
import type { Presentation } from '../presentation/presentation.js';
import { checkCmafHeader } from './cmaf-rules.js';
import { checkMpd } from './dash-rules.js';
import { checkPlaylist } from './hls-rules.js';
import { checkSegmentIndex } from './index-rules.js';
import { checkClientManifest } from './mss-rules.js';
import type { KnownObjects, RuleProblem } from './problem.js';

/** What the text of a manifest is; undefined for anything else. */
export function manifestLanguage(text: string): 'hls' | 'dash' | 'mss' | undefined {
  const head = text.slice(0, 4096);
  if (/^\uFEFF?\s*#EXTM3U/.test(head)) return 'hls';
  const [, root] = /<(?:\w+:)?(MPD|SmoothStreamingMedia)[\s>]/.exec(head) ?? [];
  return root === undefined ? undefined : root === 'MPD' ? 'dash' : 'mss';
}

/**
 * Every breach of its standard's rules that a manifest shows.
 * @param file its name, which references are relative to @param objects all that exist; absent: references are not followed
 * @throws ManifestError when it cannot be read
 */
export function checkManifest(file: string, text: string, objects?: KnownObjects): RuleProblem[] {
  switch (manifestLanguage(text)) {
    case 'hls':
      return checkPlaylist(file, text, objects);
    case 'dash':
      return checkMpd(file, text, objects);
    case 'mss':
      return checkClientManifest(file, text, objects);
    case undefined:
      return [{ rule: 'manifest', file, message: 'neither a playlist, nor an MPD, nor a client manifest' }];
  }
}

/** Every breach in what was made of a presentation: its manifests with all that they refer to, and its init segments. */
export function checkPresentation(
  presentation: Presentation,
  files: readonly ManifestFile[],
  facts: SegmentFacts,
): RuleProblem[] {
  const singleFiles = filePeriods(presentation).map((period) => ({ period, layout: layOut(period, facts) }));
  const joined = new Set(singleFiles.flatMap(({ period }) => period.segments.map(({ name }) => name)));
  const outputs = presentation.tasks.flatMap((task) => task.outputs.map(({ name }) => name));
  const objects = new Map([
    ...outputs.filter((name) => !joined.has(name)).map((name) => [name, facts.get(name)?.size ?? 0] as const),
    ...singleFiles.map(({ period: { file }, layout: { size } }) => [file.name, size] as const),
    ...presentation.initSegments.map(({ name, bytes }) => [name, bytes.length] as const),
    ...files.map(({ name, text }) => [name, text.length] as const),
  ]);
  return [
    ...presentation.initSegments.flatMap(({ name, bytes }) => checkCmafHeader(name, bytes)),
    ...singleFiles.flatMap(({ period, layout }) => checkHead(period, layout)),
    ...files.flatMap(({ name, text }) => checkManifest(name, text, objects)),
  ];
}

/** What stands before the segments of a single file; in transport streams, nothing. */
function checkHead({ file, segments }: FilePeriod, { head, size }: FileLayout): RuleProblem[] {
  if (!file.initSegment) return [];
  const startsWithSap = segments.every(({ sap }) => sap !== 0 && sap !== 4);
  return [
    ...checkCmafHeader(file.name, file.initSegment),
    ...checkSegmentIndex(file.name, head, { indexEnd: head.length, size, startsWithSap }),
  ];
}
