import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackagingConfiguration } from '../src/domain/packaging-configuration.js';
import { planPresentation, writeManifests } from '../src/packager/packager.js';
import { audioTrack, rendition, syntheticIndex, videoTrack } from '../test/support/synthetic-index.js';
import { median } from './measure.js';

/**
 * Plans an asset and writes its manifests (HLS playlists, DASH MPDs with a SegmentTimeline, each of a configuration of its own) from an index in
 * memory, for sources of growing length: what a long asset costs beside its media. Each run in a process of its own, of compiled code: the loader of
 * TypeScript would take 110 MiB.
 * `npm run bench:manifests -- [runs]`; 10 hours of three renditions in segments of 2 s are 54,000 source segments.
 */
const hours = [1.25, 2.5, 5, 10, 20];
const segmentSeconds = 2;

const configurations: readonly PackagingConfiguration[] = [
  { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } },
  {
    Id: 'dash',
    DashPackage: { DashManifests: [{ ManifestName: 'index' }], SegmentTemplateFormat: 'TIME_WITH_TIMELINE' },
  },
];

interface Run {
  readonly segments: number;
  readonly seconds: number;
  /** user and system time: what a busy machine distorts less */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

function measureHere(length: number): Run {
  const cuts = Array.from({ length: (length * 3600) / segmentSeconds + 1 }, (_, i) => i * segmentSeconds);
  const sound = audioTrack('same in all');
  const index = syntheticIndex(
    ...[1080, 720, 360].map((height) =>
      rendition({
        uri: `https://origin.example/lecture/${height}`,
        tracks: [videoTrack({ height, width: (height * 16) / 9 }), sound],
        cuts: [cuts],
        variant: { bandwidth: height * 5000 },
      }),
    ),
  );
  const [started, before] = [performance.now(), process.cpuUsage()];
  for (const configuration of configurations) {
    const presentation = planPresentation(index, configuration);
    const names = presentation.tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name));
    writeManifests(presentation, new Map(names.map((name, i) => [name, { size: 400_000 + (i % 1000) }])));
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    segments: (cuts.length - 1) * 3,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

async function measureApart(program: string, length: number): Promise<Run> {
  const child = fork(program, [String(length)], { execArgv: [] });
  const [result] = (await once(child, 'message')) as [Run];
  return result;
}

if (process.send) {
  process.send(measureHere(Number(process.argv[2])));
} else {
  const count = Number(process.argv[2] ?? 3);
  const folder = await mkdtemp(join(tmpdir(), 'reelway-manifests-'));
  const program = join(folder, 'manifests.mjs');
  const { build } = await import('rolldown');
  await build({
    input: fileURLToPath(import.meta.url),
    platform: 'node',
    external: 'rolldown',
    output: { file: program },
  });
  for (const length of hours) {
    const runs: Run[] = [];
    for (let i = 0; i < count; i++) runs.push(await measureApart(program, length));
    const seconds = median(runs.map((run) => run.seconds));
    const cpu = median(runs.map((run) => run.cpuSeconds));
    const { segments } = runs[0]!;
    const peak = Math.max(...runs.map(({ peakMiB }) => peakMiB));
    console.log(
      `${length} h, ${segments} segments: ${seconds.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${((cpu / segments) * 1e6).toFixed(0)} µs each, peak ${peak.toFixed(0)} MiB`,
    );
  }
  await rm(folder, { recursive: true });
}
