import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse as parseMpd } from 'mpd-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEvents } from '../support/eventful-source.js';
import { decode } from '../support/ffmpeg.js';
import { reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { makeSource } from './source.js';

const HlsManifests = [{ ManifestName: 'index', AdMarkers: 'SCTE35_ENHANCED' as const }];
const configurations = [
  { Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }], PeriodTriggers: ['ADS'] } },
  { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds: 4 } },
];

describe.runIf(requires('ffmpeg'))('a source with SCTE-35 and ID3', () => {
  let folder: string;
  let source: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-events-'));
    const made = await makeSource(path.join(folder, 'source'), { shape: 'media playlist', seconds: 8 });
    [source = ''] = made.renditions[0] ?? [];
    await addEvents(made.entry);
    const group = path.join(folder, 'group.json');
    await writeFile(group, JSON.stringify(configurations));
    const run = await reelway(['package', made.entry, '--out', folder, '--config', group]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps every frame over the Periods that begin at a break', async () => {
    const mpd = await readFile(path.join(folder, 'dash/index.mpd'), 'utf8');
    expect([...mpd.matchAll(/<Period id="(\d)"/g)].map(([, id]) => id)).toEqual(['1', '2', '3']);
    const expected = await decode(source);
    const { playlists = [], mediaGroups } = parseMpd(mpd, { manifestUri: 'https://host/' });
    const audio = Object.values(mediaGroups?.AUDIO ?? {}).flatMap((group) => Object.values(group));
    const tracks = [playlists[0], audio[0]?.playlists?.[0]];
    for (const [index, kind] of (['video', 'audio'] as const).entries()) {
      const segments = tracks[index]?.segments ?? [];
      expect(new Set(segments.map(({ timeline }) => timeline)).size, kind).toBe(3);
      const uris = [segments[0]?.map?.resolvedUri, ...segments.map(({ resolvedUri }) => resolvedUri)];
      const parts = uris.map((uri) => readFile(path.join(folder, 'dash', new URL(uri ?? '').pathname)));
      const file = path.join(folder, `${kind}.mp4`);
      await writeFile(file, Buffer.concat(await Promise.all(parts)));
      const [found] = await decode(file);
      expect(found?.frames, kind).toEqual(expected.find((stream) => stream.kind === kind)?.frames);
    }
  });

  it('keeps every frame in transport streams with both in them', async () => {
    const playlist = path.join(folder, 'hls/index_video_1.m3u8');
    expect(await readFile(playlist, 'utf8')).toMatch(/#EXT-OATCLS-SCTE35:\S+\n#EXT-X-CUE-OUT:2\n/);
    const [expected, found] = [await decode(source), await decode(playlist)];
    expect(found).toEqual(expected);
  });
});
