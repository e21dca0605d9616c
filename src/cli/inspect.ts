import { resolve } from 'node:path';
import { Command } from 'commander';
import type { InspectedTrack, Inspection } from '../packager/packager.js';
import type { CommandContext } from './command-context.js';
import { EndWith, exitCode } from './exit-code.js';
import { isAddress } from './named-place.js';
import { tableLines } from './table.js';
import type { Terminal } from './terminal.js';

/** Says what a source or an output holds, and what is wrong with it. */
export function inspectCommand(context: CommandContext): Command {
  return new Command('inspect')
    .description(
      'Shows what a source or an output holds, and judges its manifests by the rules of HLS, DASH and Smooth Streaming. Ends with 1 when a\n' +
        'rule is broken. What can be told:\n' +
        '  HLS, .ts, MP4                          tracks, codecs, timing, cut, groups of pictures at the beginning\n' +
        '  HLS with fragmented MP4 (as our CMAF)  beside these, the rules of CMAF for header and first segment of each rendition\n' +
        '  MPD of single files (SegmentBase)      tracks as the MPD says them, header, index and first segment of each file\n' +
        '  other MPD, client manifest             tracks and codecs as the manifest says them; segments are not read',
    )
    .argument('<input>', 'playlist, MPD, client manifest, transport stream or MP4: a path or an address')
    .option('--json', 'print all of it as JSON')
    .addHelpText('after', examples)
    .action((input: string, options: { json?: true }) => runInspect(context, input, options));
}

const examples = `
Examples:
  reelway inspect lecture/master.m3u8
  reelway inspect site/video/dash/index.mpd --json
  reelway inspect https://origin.example/lecture.m3u8`;

async function runInspect(
  { terminal, signal, cwd, env }: CommandContext,
  input: string,
  options: { json?: true },
): Promise<void> {
  const [{ packagingPorts }, { inspect }] = await Promise.all([
    import('../packaging-ports.js'),
    import('../packager/packager.js'),
  ]);
  const ports = packagingPorts({
    storage: { kind: 'file', folder: cwd }, // nothing is stored
    privateHosts: env.REELWAY_PRIVATE_HOSTS ?? '',
    trustSourceHost: true,
    dedicated: false,
  });
  const uri = isAddress(input) ? input : resolve(cwd, input);
  const inspection = await inspect(await ports.openSource(uri), uri, signal);
  if (options.json) terminal.printJson(inspection);
  else printInspection(terminal, inspection);
  if (inspection.problems.length > 0) throw new EndWith(exitCode.failed);
}

function printInspection(terminal: Terminal, { kind, tracks, notes, problems }: Inspection): void {
  terminal.print(kind);
  if (tracks.length > 0) for (const line of tableLines(tracks, columns)) terminal.print(line);
  for (const note of notes) terminal.print(`note: ${note}`);
  for (const { rule, file, message } of problems) terminal.print(`${rule}: ${file}: ${message}`);
  terminal.print(
    problems.length === 0 ? 'No problems.' : `${problems.length} problem${problems.length === 1 ? '' : 's'}.`,
  );
}

const columns = [
  { title: 'NAME', value: ({ name }: InspectedTrack) => name },
  { title: 'KIND', value: ({ kind }: InspectedTrack) => kind },
  { title: 'CODEC', value: ({ codec }: InspectedTrack) => codec },
  { title: 'LANGUAGE', value: ({ language }: InspectedTrack) => language ?? '' },
  { title: 'FORMAT', value: ({ format }: InspectedTrack) => format },
  { title: 'BIT/S', value: ({ bandwidth }: InspectedTrack) => String(bandwidth ?? ''), align: 'right' as const },
  {
    title: 'TIME',
    value: ({ timing }: InspectedTrack) => (timing ? `${seconds(timing.start)} to ${seconds(timing.end)} s` : ''),
  },
  { title: 'SEGMENTS', value: ({ timing }: InspectedTrack) => (timing ? segmentsText(timing) : '') },
  { title: 'GOP', value: ({ timing }: InspectedTrack) => rangeText(timing?.groupsOfPictures ?? []) },
];

function segmentsText({
  segments,
  shortestSegment,
  longestSegment,
  randomAccess,
}: NonNullable<InspectedTrack['timing']>): string {
  const entered = randomAccess === segments ? '' : `, ${segments - randomAccess} without a key picture at the start`;
  return `${segments} of ${rangeText([shortestSegment, longestSegment])}${entered}`;
}

function rangeText(values: readonly number[]): string {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)].map(seconds);
  return least === most ? `${least} s` : `${least} to ${most} s`;
}

function seconds(value: number): string {
  return value.toFixed(3);
}
