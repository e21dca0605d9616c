import { Command, InvalidArgumentError, Option } from 'commander';
import type { EndpointProgress } from '../publish/egress/egress.js';
import { Failure } from '../domain/failure.js';
import type { CommandContext } from './command-context.js';
import { statusWords } from './endpoint-lines.js';
import { identifier } from './option-values.js';
import { planPackage, runPackage, type Format, type PackagedEndpoint } from './package-run.js';
import { openPackagingTools } from './package-tools.js';
import type { Measure } from './measure.js';
import { formatBytes, formatDuration } from './quantity.js';
import type { Terminal } from './terminal.js';

const formats: readonly Format[] = ['hls', 'cmaf', 'dash', 'mss', 'both'];

interface PackageOptions {
  readonly out: string;
  readonly id?: string;
  readonly config?: string;
  readonly format?: readonly Format[];
  readonly segmentDuration?: number;
  readonly singleFile?: true;
  readonly threads?: number;
  readonly json?: true;
}

/** Packages one source without a server: the same job that a request to the server does, on this process's own account. */
export function packageCommand(context: CommandContext): Command {
  return new Command('package')
    .description(
      'Packages an HLS/TS source (a playlist or a .ts; file, https or s3) for streaming, without transcoding.\n' +
        'The same command goes on where it was stopped, skips what is complete and repairs what is damaged.',
    )
    .argument('<input>', 'multivariant playlist, media playlist, transport stream, MP4 or SMIL: a path or an address')
    .requiredOption('--out <folder>', 'folder, or s3://bucket/prefix; outputs lie in <out>/<format>')
    .option('--id <id>', 'asset id: outputs then lie in <out>/<id>/<format>', identifier)
    .addOption(new Option('--format <list>', `of ${formats.join(', ')} (default: cmaf,dash)`).argParser(parseFormats))
    .option('--config <file>', 'packaging configurations of AWS Elemental MediaPackage VOD; folders are their ids')
    .option('--segment-duration <seconds>', 'whole seconds; rounded to a multiple of the source', parseDuration)
    .option('--single-file', 'the segments of each rendition in one file, which HLS and DASH play by byte ranges')
    .option(
      '--threads <n>',
      'worker threads; 0: the main thread alone (default: by the size of the source)',
      parseThreads,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action((input: string, options: PackageOptions) => runCommand(context, input, options));
}

const examples = `
Examples:
  reelway package lecture/master.m3u8 --out site/video
  reelway package https://origin.example/lecture.m3u8 --out s3://bucket/vod --id lecture-1
  reelway package lecture.mp4 --out site/video --format both --single-file
  reelway package lecture.ts --out site/video --config packaging-group.json`;

async function runCommand(context: CommandContext, input: string, options: PackageOptions): Promise<void> {
  if (options.config !== undefined && (options.format || options.segmentDuration !== undefined || options.singleFile))
    throw new Failure(
      'usage',
      '--config says it all: --format, --segment-duration and --single-file do not go with it.',
    );
  const { terminal, signal, cwd, env } = context;
  const plan = await planPackage({ input, ...options }, cwd);
  const tools = await openPackagingTools(plan, {
    env,
    ...(options.threads !== undefined && { threads: options.threads }),
  });
  const started = performance.now();
  const line = terminal.progress();
  try {
    const endpoints = await runPackage(tools, plan, (progress) => line.update(measureOf(progress)), signal);
    line.clear();
    const seconds = (performance.now() - started) / 1000;
    if (options.json) terminal.printJson({ source: plan.source, seconds, endpoints });
    else printEndpoints(terminal, endpoints, seconds);
  } finally {
    line.clear();
    await tools.close();
  }
}

function printEndpoints(terminal: Terminal, endpoints: readonly PackagedEndpoint[], seconds: number): void {
  for (const { id, status, objects, bytes, durationMs, manifests } of endpoints) {
    const size = `${formatDuration(durationMs)}, ${objects} objects, ${formatBytes(bytes)}`;
    terminal.print(`${id}: ${statusWords[status]} (${size})`);
    for (const manifest of manifests) terminal.print(`  ${manifest}`);
  }
  // What is left out of the source is so for each of them.
  for (const note of new Set(endpoints.flatMap(({ notes = [] }) => notes))) terminal.print(`note: ${note}`);
  terminal.say(`Done in ${formatDuration(seconds * 1000)}.`);
}

function measureOf({ segmentsDone: done, segmentsTotal: total, bytesRead: bytes }: EndpointProgress): Measure {
  return { name: '', done, total, unit: 'segments', bytes };
}

function parseFormats(text: string): Format[] {
  const given = text.split(',').map((format) => format.trim());
  const wrong = given.find((format) => !formats.some((known) => known === format));
  if (wrong !== undefined)
    throw new InvalidArgumentError(`Allowed: ${formats.join(', ')}; given: ${wrong || 'nothing'}.`);
  return [...new Set(given)] as Format[];
}

function parseDuration(text: string): number {
  return parseWhole(text, 1, 3600);
}

function parseThreads(text: string): number {
  return parseWhole(text, 0, 64);
}

function parseWhole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}; given: ${text}.`);
}
