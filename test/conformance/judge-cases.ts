import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allCases } from '../support/extent.js';
import { reelway } from '../support/reelway.js';
import { judge, judgeThroughManifest, measureSource } from './judge.js';
import { findEndpoints } from './result.js';
import { makeSource } from './source.js';
import type { SourceOptions } from './source-options.js';

/** 90 kHz ticks. ffmpeg guesses the time stamps of the frames within a PES packet, and a 90 kHz tick is less than one of the track. */
const guessed = 3;
export const exact = 1;
export const ownTicks = 8;

export interface Case extends SourceOptions {
  readonly name: string;
  /** 90 kHz ticks that an audio frame may be off. */
  readonly audioTicks?: number;
  /** CODECS of the multivariant playlist. */
  readonly codecs?: string;
  /** Why ffmpeg's own readers of manifests are not asked. */
  readonly ffmpegCannot?: string;
}

const HlsManifests = [{ ManifestName: 'index' }];
/** Transport streams that have to be made anew: cut otherwise than the source, and with sound in streams of its own. */
const configurations = [
  { Id: 'cmaf', CmafPackage: { HlsManifests } },
  { Id: 'dash', DashPackage: { DashManifests: HlsManifests } },
  { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds: 4 } },
  { Id: 'mss', MssPackage: { MssManifests: HlsManifests } },
  { Id: 'single', CmafPackage: { HlsManifests, DashManifests: HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  { Id: 'hls_single', HlsPackage: { HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  { Id: 'hls_apart', HlsPackage: { HlsManifests, UseAudioRenditionGroup: true } },
];

/** `npm test` judges one case of twenty, `npm run conformance:rest`, a step of CI where there is time, the others, and `npm run conformance` all of them. */
const chosen = (cases: readonly Case[]) =>
  cases.filter((_, index) => {
    return allCases || (process.env.REELWAY_CONFORMANCE === 'rest') !== (index % 20 === 0);
  });

/** Packages the source of each case to every package type that can carry it, and judges each manifest by its frames and times. */
export function judgeCases(cases: readonly Case[]): void {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'reelway-conformance-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(chosen(cases).map((each, index) => ({ ...each, index })))('$name', async ({ index, name: _, ...options }) => {
    const scratch = path.join(folder, String(index));
    const source = await makeSource(path.join(scratch, 'source'), options);
    const out = path.join(scratch, 'out');
    // What a client manifest cannot express.
    const others = (options.audioCodec ?? 'aac') !== 'aac' || (options.videoCodec ?? 'H.264') !== 'H.264';
    const notSmooth = options.shape === 'discontinuity' || others;
    // What transport streams do not carry.
    const notInStreams =
      /^(AV1|VP9)/.test(options.videoCodec ?? '') || ['libopus', 'flac'].includes(options.audioCodec ?? 'aac');
    const asked = configurations.filter(({ Id }) => !(Id === 'mss' ? notSmooth : Id.startsWith('hls') && notInStreams));
    await writeFile(path.join(scratch, 'group.json'), JSON.stringify(asked));
    const run = await reelway(['package', source.entry, '--out', out, '--config', path.join(scratch, 'group.json')]);
    expect(run, run.stderr).toMatchObject({ code: 0 });

    const measured = await measureSource(source);
    const endpoints = await findEndpoints(out);
    const manifests = endpoints.flatMap((endpoint) =>
      endpoint.entries.map((entry) => path.join(endpoint.folder, entry)),
    );
    expect(manifests.map((manifest) => path.relative(out, manifest)).sort()).toEqual(
      [
        ...['cmaf/index.m3u8', 'dash/index.mpd', 'single/index.m3u8', 'single/index.mpd'],
        ...(notInStreams ? [] : ['hls/index.m3u8', 'hls_apart/index.m3u8', 'hls_single/index.m3u8']),
        ...(notSmooth ? [] : ['mss/index.ism/Manifest']),
      ].sort(),
    );
    const said = await readFile(path.join(out, 'cmaf/index.m3u8'), 'utf8');
    expect(said).toContain(`CODECS="${options.codecs ?? ''}`);
    for (const manifest of manifests) {
      // In transport streams of ours, too, several frames are in a PES packet.
      const isTransportStream = manifest.includes(`${path.sep}hls`);
      const tolerance = {
        audioTicks: isTransportStream ? Math.max(guessed, options.audioTicks ?? 0) : (options.audioTicks ?? guessed),
      };
      expect(await judge(measured, manifest, scratch, tolerance), manifest).toEqual([]);
      // ffmpeg reads no Smooth Streaming.
      if (options.ffmpegCannot === undefined && !manifest.endsWith('Manifest'))
        expect(await judgeThroughManifest(measured, manifest), `ffmpeg on ${manifest}`).toEqual([]);
    }
    await rm(scratch, { recursive: true, force: true });
  });
}
