import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import { aac, elst, type MadeTrack, stss, writeMp4 } from '../../../test/support/mp4-writer.js';
import { ascii, box, concat, fullBox, u16, u32, u8, zeros } from '../isobmff/box.js';
import { mp4a } from '../isobmff/boxes/mp4a.js';
import type { PackagerError } from '../errors.js';
import { planPresentation } from '../presentation/plan-presentation.js';
import { packageSegment } from '../presentation/package-segment.js';
import { indexSource } from './asset-index.js';
import { audio, frames, picture, video } from './made-movie.case.js';

const index = (file: Uint8Array, limits = {}) => indexSource(memorySource({ 'a.mp4': file }), 'a.mp4', { limits });

describe('an MP4', () => {
  it('has segments between all key frames, which a plan joins to the wanted duration', async () => {
    const asset = await index(writeMp4([video(), audio()]));
    const [period] = asset.renditions[0]!.periods;
    expect(period!.segments.map(({ tracks }) => tracks[0]!.start / 12_800)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const cuts = (SegmentDurationSeconds?: number) =>
      planPresentation(asset, {
        Id: 'a',
        CmafPackage: {
          HlsManifests: [{ ManifestName: 'i' }],
          ...(SegmentDurationSeconds && { SegmentDurationSeconds }),
        },
      }).tracks.map(({ periods: [only] }) =>
        only!.segments.map(({ start }) => Math.round((start / only!.track.timescale) * 100) / 100),
      );
    expect(cuts()).toEqual([
      [0, 6],
      [0, 6.02],
    ]);
    expect(cuts(4)[0]).toEqual([0, 4, 8]);
    expect(cuts(1)[0]).toHaveLength(10);
  });

  it('is read in few stretches, and gives every sample once', async () => {
    const file = writeMp4([video(), audio()]);
    const source = memorySource({ 'a.mp4': file });
    const plan = planPresentation(await indexSource(source, 'a.mp4'), {
      Id: 'a',
      CmafPackage: { HlsManifests: [{ ManifestName: 'i' }] },
    });
    expect(plan.tasks.map(({ reads }) => reads.length)).toEqual([1, 1]);
    const payload: Record<string, Uint8Array[]> = {};
    for (const task of plan.tasks) {
      const bytes = await Promise.all(task.reads.map((read) => source.read(read)));
      for (const { name, data } of packageSegment(task, bytes))
        (payload[name.split('/')[0]!] ??= []).push(...data.slice(1));
    }
    expect(Buffer.concat(payload.video_1!).equals(Buffer.concat(video().samples.map(({ data }) => data)))).toBe(true);
    expect(Buffer.concat(payload.audio_1!).length).toBe(4700);
  });

  it('has no more segments than samples, however long a broken file says that they last', async () => {
    const samples = frames(4, (at) => ({ data: new Uint8Array(10), duration: at < 3 ? 1024 : 0xffff_ffff }));
    const asset = await index(writeMp4([audio({ timescale: 8000, samples })]));
    expect(asset.renditions[0]!.periods[0]!.segments.length).toBeLessThanOrEqual(4);
  });

  it('widens NAL unit lengths of 2 bytes to the 4 that sample entries of ours say', async () => {
    const short = frames(50, (at) => ({ data: concat(u8(0, 3, 1, 2, at), u8(0, 1, 9)), sync: at % 25 === 0 }));
    const written = writeMp4([video({ samples: short })]);
    const lengthSize = Buffer.from(written).indexOf('avcC') + 4 + 4;
    written[lengthSize] = 0b1111_1101;
    const source = memorySource({ 'a.mp4': written });
    const { tasks } = planPresentation(await indexSource(source, 'a.mp4'), {
      Id: 'a',
      CmafPackage: { HlsManifests: [{ ManifestName: 'i' }] },
    });
    const [output] = packageSegment(tasks[0]!, [await source.read(tasks[0]!.reads[0]!)]);
    expect([...Buffer.concat(output!.data.slice(1, 2))]).toEqual([0, 0, 0, 3, 1, 2, 0, 0, 0, 0, 1, 9]);
  });

  it.each([
    [
      'audio primed by one frame begins, the picture follows',
      [video(), audio({ edits: elst(0, [10_000, 1024]) })],
      [273, 0],
    ],
    ['a wait of 0.5 s before the picture', [video({ edits: elst(0, [500, -1], [10_000, 0]) }), audio()], [6400, 0]],
    [
      'B-frames whose edit begins at the first one in display',
      [
        video({ samples: frames(50, (at) => ({ sync: at % 25 === 0, offset: 1024 })), edits: elst(1, [2000, 1024]) }),
        audio(),
      ],
      [0, 0],
    ],
    ['hidden groups of pictures go', [video({ edits: elst(0, [8000, 25_600]) }), audio()], [0, 0]],
  ])('is put on its time line by its edit lists: %s', async (_, tracks, starts) => {
    const [period] = (await index(writeMp4(tracks))).renditions[0]!.periods;
    const first = [0, 1].map(
      (track) => period!.segments.map(({ tracks: of }) => of[track]!).find(({ start, end }) => end > start)!.start,
    );
    expect(first).toEqual(starts);
  });

  it('leaves out what its edit list hides at the end, and says so', async () => {
    const asset = await index(writeMp4([video({ edits: elst(0, [5000, 0]) })]));
    expect(asset.renditions[0]!.periods[0]!.segments.at(-1)!.tracks[0]!.end).toBe(5 * 12_800 + 512);
    expect(asset.notes).toEqual(['Track 1 (video) of a.mp4: 124 samples after the end of its edit list are left out.']);
  });

  const esds = mp4a(aac).subarray(36);
  const quickTime = box(
    'mp4a',
    ...[zeros(6), u16(1), u16(1), zeros(6), u16(2, 16, 0xfffe, 0), u16(48_000, 0), u32(1024, 0, 0, 2)],
    box('wave', box('frma', ascii('mp4a')), box('mp4a', u32(0)), esds, u32(8, 0)),
  );
  const quickTimeAc3 = box(
    'ac-3',
    ...[zeros(6), u16(1), u16(1), zeros(6), u16(2, 16, 0xfffe, 0), u16(48_000, 0), u32(1536, 0, 0, 2)],
    box('wave', box('frma', ascii('ac-3')), box('dac3', u8(0x10, 0x11, 0x60)), u32(8, 0)),
  );
  const ofVersion1 = mp4a(aac);
  ofVersion1[17] = 1;
  it.each([
    ['QuickTime has it, in wave beside an mp4a of four bytes', 'mp4a.40.2', { entry: quickTime }],
    ['QuickTime has that of AC-3', 'ac-3', { entry: quickTimeAc3 }],
    ['version 1 of the standard has it', 'mp4a.40.2', { tables: { stsd: fullBox('stsd', 1, 0, u32(1), ofVersion1) } }],
  ])('has sound whose sample entry is as %s', async (_, codecString, change) => {
    const [period] = (await index(writeMp4([audio(change)]))).renditions[0]!.periods;
    expect(period!.tracks[0]!.configuration).toMatchObject({ codecString, channels: 2 });
  });

  it('leaves out pictures that name chapters, whatever they are coded in', async () => {
    const chapters = video({ id: 3, entry: box('jpeg', zeros(78)) });
    const asset = await index(writeMp4([video({ boxes: [box('tref', box('chap', u32(3)))] }), chapters]));
    expect(asset.renditions[0]!.periods[0]!.tracks).toHaveLength(1);
    expect(asset.notes).toEqual(['Track 3 (video) of a.mp4 is left out: it names chapters.']);
  });

  it('does not mind what edit lists and data references of tracks say that are left out', async () => {
    const chapters: MadeTrack = {
      ...{ id: 3, kind: 'text', timescale: 1000, samples: [{ data: new Uint8Array(9), duration: 5000 }] },
      ...{ entry: box('text', zeros(51)), edits: elst(0, [1000, 0], [1000, 3000]) },
      dref: fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 0, u8(0x61, 0))),
    };
    const asset = await index(writeMp4([video(), chapters]));
    expect(asset.notes).toEqual(['Track 3 (QuickTime text) of a.mp4 is left out: it is not supported.']);
  });

  it('has audio beyond its picture in segments of their own', async () => {
    const asset = await index(writeMp4([video({ samples: frames(25, (at) => ({ sync: at === 0 })) }), audio()]));
    expect(asset.renditions[0]!.periods[0]!.segments.length).toBeGreaterThanOrEqual(9);
  });

  it('has the sound of its last group of pictures with it, but beside a picture that stands still', async () => {
    const soundsOf = async (of: MadeTrack) => {
      const [period] = (await index(writeMp4([of, audio()]))).renditions[0]!.periods;
      return period!.segments.map(({ tracks: [, sound] }) => Math.floor(sound!.start / 48_000));
    };
    expect(await soundsOf(video({ samples: frames(250, (at) => ({ sync: at % 75 === 0 })) }))).toEqual([0, 3, 6, 9]);
    expect(await soundsOf(video({ samples: frames(50, (at) => ({ sync: at % 25 === 0 })) }))).toHaveLength(9);
    expect(await soundsOf(video({ samples: frames(1, () => ({ duration: 128_000 })) }))).toHaveLength(10);
  });

  it.each([
    ['sound that goes on after it', frames(100, (at) => ({ sync: at % 25 === 0 }))],
    ['a picture that stands still', frames(1, () => ({ duration: 128_000 }))],
    ['a picture that comes late', frames(200, (at) => ({ sync: at % 25 === 0 })), elst(0, [2000, -1], [8000, 0])],
  ])('has segments without hole or overlap in a transport stream: %s', async (_, samples, edits?: Uint8Array) => {
    const asset = await index(writeMp4([video({ samples, ...(edits && { edits }) }), audio()]));
    const plan = planPresentation(asset, { Id: 'a', HlsPackage: { HlsManifests: [{ ManifestName: 'i' }] } });
    const [period] = plan.tracks[0]!.periods;
    for (const [at, segment] of period!.segments.entries())
      expect(segment.start).toBe(period!.segments[at - 1]?.end ?? 0);
    expect(period!.segments.length).toBeGreaterThan(1);
    expect(period!.segments.at(-1)!.end / 12_800).toBeCloseTo((470 * 1024) / 48_000, 3);
    expect(plan.periods[0]!.duration).toBeCloseTo((470 * 1024) / 48_000, 3);
  });

  const cut = (file: Uint8Array, bytes: number) => file.subarray(0, file.length - bytes);
  const moov = (file: Uint8Array) => file.subarray(Buffer.from(file).indexOf('moov') - 4);
  it.each<[string, Uint8Array, PackagerError['code'], string, object?]>([
    ['no movie box', box('ftyp', zeros(8)), 'source_invalid', 'no movie box (moov)'],
    ['a movie box that is cut off', cut(writeMp4([video()]), 9), 'source_invalid', 'truncated: box "moov"'],
    [
      'media that are not there',
      moov(writeMp4([video({ samples: frames(9, () => ({ data: picture(2000, 1) })) })])),
      'source_invalid',
      'so it is incomplete or damaged',
    ],
    ['no tracks', writeMp4([]), 'source_invalid', 'neither video nor audio'],
    ['two videos', writeMp4([video(), video({ id: 3 })]), 'source_unsupported', '2 video tracks in one file'],
    ['two tracks of one ID', writeMp4([video(), audio({ id: 1 })]), 'source_invalid', 'two tracks of the ID 1'],
    [
      'no key frame',
      writeMp4([video({ tables: { stss: stss() } })]),
      'source_invalid',
      'none of its pictures can be decoded',
    ],
    [
      'an edit inside a group of pictures',
      writeMp4([video({ edits: elst(0, [5000, 5120]) })]),
      'source_unsupported',
      'begins inside a group of pictures: 10 pictures',
    ],
    [
      'an edit of nothing',
      writeMp4([audio({ edits: elst(0, [5000, 9_000_000]) })]),
      'source_invalid',
      'presents none of its samples',
    ],
    [
      'media elsewhere',
      writeMp4([video({ dref: fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 0, u8(0x61, 0))) })]),
      'source_unsupported',
      'in another file',
    ],
    [
      'an encrypted track',
      writeMp4([video({ entry: box('encv', zeros(78)) })]),
      'source_encrypted',
      'track 1: it is encrypted (encv)',
    ],
    [
      'a codec by name',
      writeMp4([video({ entry: box('apcn', zeros(78)) })]),
      'source_unsupported',
      'track 1: it is ProRes (sample entry "apcn")',
    ],
    [
      'a codec that nobody knows',
      writeMp4([audio({ entry: box('abcd', zeros(78)) })]),
      'source_unsupported',
      'a codec that is not known (sample entry "abcd")',
    ],
    [
      'other audio in mp4a',
      writeMp4([audio({ entry: other(0x6c) })]),
      'source_unsupported',
      'neither AAC nor MP3 (mp4a of object type 0x6c)',
    ],
    [
      'MP3 that is none',
      writeMp4([audio({ entry: other(0x6b) })]),
      'source_invalid',
      'it says that it is MP3, and its first sample is no frame of MPEG audio',
    ],
    [
      'a key frame that comes too seldom',
      writeMp4([video({ tables: { stss: stss(1) } })]),
      'source_too_large',
      'maximumSegmentBytes is 4000',
      { maximumSegmentBytes: 4000 },
    ],
    [
      'a movie box beyond the limit',
      writeMp4([video()]),
      'source_too_large',
      'maximumMovieBytes',
      { maximumMovieBytes: 100 },
    ],
    [
      'more boxes than allowed',
      concat(writeMp4([]).subarray(0, 20), ...Array.from({ length: 9 }, () => box('free'))),
      'source_too_large',
      'maximumTopLevelBoxes',
      { maximumTopLevelBoxes: 5 },
    ],
    [
      'more tracks than allowed',
      writeMp4([video(), audio()]),
      'source_too_large',
      'maximumTracks is 1',
      { maximumTracks: 1 },
    ],
    [
      'more segments than allowed',
      writeMp4([video()]),
      'source_too_large',
      'maximumSegments is 5',
      { maximumSegments: 5 },
    ],
    [
      'a fragment without a movie',
      concat(box('ftyp', zeros(8)), box('moof', zeros(0))),
      'source_invalid',
      'a movie fragment before the movie box',
    ],
  ])('is refused when it has %s', async (...[, file, code, message, limits]) => {
    await expect(index(file, limits)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('with any byte changed ends in an index or an error that says what', async () => {
    const file = writeMp4([
      video({ samples: frames(30, (at) => ({ sync: at % 10 === 0 })) }),
      audio({ samples: frames(40, () => ({ duration: 1024 })) }),
    ]);
    const from = Buffer.from(file).indexOf('moov');
    let seed = 1;
    for (let round = 0; round < 600; round += 1) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      const broken = new Uint8Array(file);
      broken[from + (seed % (file.length - from))] = seed >>> 24;
      const outcome = await index(broken).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) expect(outcome.name, outcome.stack).toBe('PackagerError');
    }
  });
});

function other(objectType: number): Uint8Array {
  const entry = mp4a(aac);
  entry[Buffer.from(entry).indexOf(Uint8Array.of(0x40, 0x15))] = objectType;
  return entry;
}
