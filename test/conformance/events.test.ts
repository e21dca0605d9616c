import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse as parseMpd } from 'mpd-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spliceMessage, writeEmsg } from '../support/emsg-writer.js';
import { addEvents, eventTimes } from '../support/eventful-source.js';
import { decode, ffmpeg } from '../support/ffmpeg.js';
import { messages } from '../support/packaged.js';
import { reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { writeId3, writeSpliceInsert } from '../support/splice-writer.js';
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

/** Where the made sources have events in fragments, seconds after the first picture. */
const breakTimes = { leave: 4, return: 6 } as const;

describe.runIf(requires('ffmpeg'))('fragmented MP4 with event messages', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'reelway-emsg-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const packageTo = async (out: string, entry: string, asked: readonly object[]) => {
    const group = path.join(folder, `${out}.json`);
    await writeFile(group, JSON.stringify(asked));
    const run = await reelway(['package', entry, '--out', path.join(folder, out), '--config', group]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    return run;
  };
  /** Of all segments of the video in a folder of ours. */
  const eventsIn = async (of: string) => {
    const names = (await readdir(path.join(folder, of, 'video_1'))).filter((name) => name.endsWith('.m4s'));
    const found = await Promise.all(
      names.map(async (name) => messages(await readFile(path.join(folder, of, 'video_1', name)))),
    );
    return found
      .flat()
      .map(({ time, timescale, data }) => ({ seconds: time / timescale, data }))
      .sort((a, b) => a.seconds - b.seconds);
  };

  it('of our own making has the same events and frames when it is packaged again, and a break that is added', async () => {
    const made = await makeSource(path.join(folder, 'source'), { shape: 'media playlist', seconds: 8 });
    await addEvents(made.entry);
    const HlsManifests = [{ ManifestName: 'index' }];
    await packageTo('once', made.entry, [{ Id: 'cmaf', CmafPackage: { HlsManifests } }]);
    const expected = await eventsIn('once/cmaf');
    // Sound is primed before the first picture, from which the times of the made source count.
    const picture = (expected[0]?.seconds ?? 0) - eventTimes.id3[0];
    const after = (times: readonly number[]) => times.map((seconds) => Number((seconds - picture).toFixed(3)));
    expect(after(expected.map(({ seconds }) => seconds))).toEqual(eventTimes.id3);

    const cmaf = path.join(folder, 'once/cmaf');
    const playlist = await readFile(path.join(cmaf, 'index_video_1.m3u8'), 'utf8');
    const [, first = ''] = /#EXTINF.*\n(.*)/.exec(playlist) ?? [];
    const data = writeSpliceInsert({ pts: 0, duration: (breakTimes.return - breakTimes.leave) * 90_000 });
    const emsg = writeEmsg({ ...spliceMessage, version: 0, time: breakTimes.leave * 1000, data });
    const segment = path.join(cmaf, first);
    await writeFile(segment, Buffer.concat([emsg, await readFile(segment)]));

    const run = await packageTo('again', path.join(cmaf, 'index.m3u8'), configurations);
    expect(run.stderr + run.stdout).not.toContain('left out');
    expect(await eventsIn('again/dash')).toEqual(expected);
    const mpd = await readFile(path.join(folder, 'again/dash/index.mpd'), 'utf8');
    const starts = [...mpd.matchAll(/<Period id="\d" start="PT([\d.]+)S"/g)].map(([, from]) => Number(from));
    expect(after(starts.slice(1))).toEqual([breakTimes.leave, breakTimes.return]);
    const tags = await readFile(path.join(folder, 'again/hls/index_video_1.m3u8'), 'utf8');
    expect(tags).toMatch(/#EXT-OATCLS-SCTE35:\S+\n#EXT-X-CUE-OUT:2\n/);

    const streams = path.join(folder, 'again/hls/index_video_1.m3u8');
    expect(await decode(streams, '0:v')).toEqual(await decode(made.renditions[0]?.[0] ?? '', '0:v'));
    expect((await reelway(['inspect', streams])).stdout).toMatch(/\bID3\b[\s\S]*\bSCTE-35\b/);
  });

  it('of ffmpeg, with B-frames and an edit list, has them at the times of its pictures', async () => {
    const made = await makeSource(path.join(folder, 'plain'), { shape: 'MP4 without audio', seconds: 6 });
    const file = path.join(folder, 'fragmented.mp4');
    const flags = '+frag_keyframe+delay_moov+default_base_moof';
    await ffmpeg('-i', made.entry, '-c', 'copy', '-movflags', flags, '-f', 'mp4', file);
    // Groups of pictures of a second: version 0 counts from the third one, version 1 from the start.
    const events = [
      writeEmsg({ version: 0, time: 0, data: writeId3('first picture of the third second') }),
      writeEmsg({ time: 5500, id: 1, data: writeId3('middle of the sixth') }),
    ];
    const bytes = await readFile(file);
    let moof = 0;
    for (let nth = 0; nth < 3; nth += 1) moof = bytes.indexOf('moof', moof + 1);
    // What stands at the end tells where the fragments are, which is not read.
    await writeFile(file, Buffer.concat([bytes.subarray(0, moof - 4), ...events, bytes.subarray(moof - 4)]));
    await packageTo('edited', file, [{ Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } }]);
    expect((await eventsIn('edited/dash')).map(({ seconds }) => seconds)).toEqual([2, 5.5]);
  });
});
