import { MalformedError } from '../../bits/malformed.js';
import type { Cue, TextDocument } from '../../model/text.js';
import { readCueSettings, writeCueSettings } from './cue-settings.js';
import { readTimestamp } from './timestamp.js';
import { absentMap, readTimestampMap, type TimestampMap } from './timestamp-map.js';

/** Cues of one document. */
export const maximumCues = 200_000;
/** UTF-16 units of one cue's text. */
export const maximumCueLength = 64 * 1024;

export interface WebVttDocument extends TextDocument {
  readonly timestampMap: TimestampMap;
}

/**
 * Reads a WebVTT document, W3C WebVTT §6.1, with the header that HLS adds. Notes are passed over. As the standard has it, a block that cannot
 * be understood is no error; how many were to be cues is counted.
 * @throws MalformedError for what does not begin as WebVTT, and beyond maximumCues
 */
export function readWebVtt(text: string): WebVttDocument {
  const normal = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .replace(/\r\n?/g, '\n');
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(normal))
    throw new MalformedError('not WebVTT: it must begin with the line WEBVTT, and something else stands there', 0);
  const [header = [], ...blocks] = blocksOf(normal);
  const found = { styles: [] as string[], regions: [] as string[], cues: [] as Cue[], broken: 0 };
  const headerLines = header.slice(1);
  const map = headerLines.map(readTimestampMap).find((read) => read);
  // A cue that follows the header without the blank line between them, as some write it.
  const early = headerLines.findIndex((line) => line.includes('-->'));
  if (early >= 0) blocks.unshift(headerLines.slice(early));
  for (const block of blocks) readBlock(block, found);
  return { ...found, timestampMap: map ?? absentMap };
}

/** Lines between blank ones. Times, which one line at most may stand before, begin a block without a blank line, too: §6.1, "collect a WebVTT block". */
function blocksOf(text: string): string[][] {
  const blocks: string[][] = [];
  let block: string[] = [];
  for (const line of text.split('\n')) {
    const isBlank = /^[ \t]*$/.test(line);
    const begins = line.includes('-->') && (block.length > 1 || block[0]?.includes('-->') === true);
    if ((begins || isBlank) && block.length > 0) {
      blocks.push(block);
      block = [];
    }
    if (!isBlank) block.push(line);
  }
  return block.length > 0 ? [...blocks, block] : blocks;
}

interface Building {
  readonly styles: string[];
  readonly regions: string[];
  readonly cues: Cue[];
  broken: number;
}

function readBlock(lines: readonly string[], found: Building): void {
  const first = (lines[0] ?? '').trimEnd();
  const timing = lines.findIndex((line) => line.includes('-->'));
  if (timing >= 0) {
    const cue = readCue(lines, timing);
    if (!cue) found.broken += 1;
    else if (found.cues.push(cue) > maximumCues)
      throw new MalformedError(`more than ${maximumCues} cues (maximumCues)`, 0);
    return;
  }
  const body = lines.slice(1).join('\n');
  // What stands after the first cue is neither.
  if (found.cues.length > 0) return;
  if (first === 'STYLE' && body !== '') found.styles.push(body);
  else if (first === 'REGION' && body !== '') found.regions.push(body);
}

/** Undefined for what is none: no times, or an end that is not after the start. */
function readCue(lines: readonly string[], timing: number): Cue | undefined {
  const match = /^[ \t]*([\d:.]+)[ \t]*-->[ \t]*([\d:.]+)(?:[ \t](.*))?$/.exec(lines[timing] ?? '');
  const start = readTimestamp(match?.[1] ?? '');
  const end = readTimestamp(match?.[2] ?? '');
  if (start === undefined || end === undefined || end <= start) return undefined;
  const text = lines
    .slice(timing + 1)
    .join('\n')
    .trimEnd();
  if (text.length > maximumCueLength) return undefined;
  const id = timing === 1 ? (lines[0] ?? '').trim() : '';
  return {
    ...(id !== '' && { id }),
    start,
    end,
    settings: writeCueSettings(readCueSettings(match?.[3] ?? '')),
    text,
  };
}
