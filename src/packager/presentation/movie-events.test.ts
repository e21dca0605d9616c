import { describe, expect, it } from 'vitest';
import {
  eventfulFile,
  eventfulPlaylist,
  eventfulSegments,
  init,
  type Messages,
  onMovie,
  timescale,
} from '../../../test/support/eventful-fragments.js';
import { type EmsgFields, spliceMessage, writeEmsg } from '../../../test/support/emsg-writer.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { base64, messages, packaged, tagsOf } from '../../../test/support/packaged.js';
import { writeId3, writeSpliceInsert, writeTimeSignal } from '../../../test/support/splice-writer.js';
import { parseSpliceInfo } from '../codec/scte35/splice-info-section.js';
import { concat } from '../isobmff/box.js';
import { readTimedMetadata } from '../mpegts/timed-metadata.js';
import { indexSource, inspect } from '../packager.js';

const entry = 'file:///index.m3u8';
const DashPackage = { DashManifests: [{ ManifestName: 'index' }] };

/** The same events in every form that a source may have. */
const forms: readonly (readonly [string, (events: Messages) => Record<string, Uint8Array | string>])[] = [
  ['segments behind EXT-X-MAP', (events) => eventfulPlaylist(events)],
  ['a file of segments', (events) => ({ [entry]: eventfulFile(events) })],
  ['a file of fragments', (events) => ({ [entry]: eventfulFile(events, { typed: false }) })],
];
const packagedOf = (
  resources: Record<string, Uint8Array | string>,
  ...rest: [Parameters<typeof packaged>[1], string?]
) => packaged(memorySource(resources), ...rest);

/** What the segments of a track carry, with seconds after the first picture. */
function carried(objects: ReadonlyMap<string, Uint8Array>, folder = 'video_1') {
  return [...objects].flatMap(([name, bytes]) =>
    name.startsWith(`${folder}/`)
      ? messages(Buffer.from(bytes)).map(({ time, timescale: of, ...rest }) => ({ ...rest, seconds: time / of }))
      : [],
  );
}

const id3 = (text: string, fields: EmsgFields = {}) => writeEmsg({ data: writeId3(text), ...fields });
/** Of version 1, so many seconds after the first picture. */
const at = (seconds: number, of = 1000) => ({ timescale: of, time: Math.round(onMovie(seconds) * of) });
const secondsOf = (events: ReturnType<typeof carried>) =>
  events.map(({ seconds }) => Math.round(seconds * 1000) / 1000);

describe('ID3 in event messages of fragments', () => {
  const events = {
    0: [id3('one', at(0.5))],
    1: [id3('two', { version: 0, time: 250, id: 2 }), id3('three', { ...at(5.5, 90_000), id: 3 })],
    5: [id3('four', { version: 0, timescale: 25, time: 0, id: 4 })],
  };

  it.each(forms)('comes at its time in the segments of the picture, from %s', async (_, resources) => {
    const { objects, text, index } = await packagedOf(resources(events), { DashPackage });
    expect(index.notes).toEqual([]);
    const found = carried(objects);
    expect(found).toEqual(
      ['one', 'two', 'three', 'four'].map((tag) => ({
        ...{ scheme: 'https://aomedia.org/emsg/ID3', value: '0', data: base64(writeId3(tag)) },
        seconds: expect.any(Number) as number,
      })),
    );
    expect(secondsOf(found)).toEqual([0.5, 2.25, 5.5, 10]);
    expect(text('index.mpd').match(/<InbandEventStream /g)).toHaveLength(1);
  });

  it('lies in the segment that its time is in, wherever it came', async () => {
    const rounded = { timescale: 90_000, time: Math.round(onMovie(4) * 90_000) - 1, id: 1 };
    const early = { 0: [id3('late', at(9)), id3('before', { timescale: 1, time: 0 }), id3('rounded', rounded)] };
    const { objects } = await packagedOf(eventfulPlaylist(early), { DashPackage });
    const places = [...objects].flatMap(([name, bytes]) =>
      messages(Buffer.from(bytes)).map(({ data, time }) => [
        name,
        Buffer.from(data, 'base64').toString('latin1'),
        time,
      ]),
    );
    expect(places).toEqual([
      [expect.stringMatching(/^video_1\/.*1\.m4s$/), expect.stringContaining('before'), 0],
      [expect.stringMatching(/^video_1\/.*3\.m4s$/), expect.stringContaining('rounded'), 4 * timescale],
      [expect.stringMatching(/^video_1\/.*5\.m4s$/), expect.stringContaining('late'), 9 * timescale],
    ]);
  });

  it('appears once that several renditions and segments repeat, in every rendition of the picture', async () => {
    const again = (segment: number) => id3('one', { version: 0, time: segment === 0 ? 500 : 0, id: 9 });
    const everywhere = Object.fromEntries([0, 1, 2].map((segment) => [segment, [again(segment)]]));
    const master = ['#EXTM3U', ...['a', 'b'].flatMap((name) => ['#EXT-X-STREAM-INF:BANDWIDTH=1000', `${name}.m3u8`])];
    const { objects } = await packagedOf(
      {
        [entry]: master.join('\n'),
        ...eventfulPlaylist(everywhere, 'a'),
        ...eventfulPlaylist({ ...everywhere, 3: [id3('of b alone', { version: 0 })] }, 'b'),
      },
      { DashPackage },
    );
    for (const folder of ['video_1', 'video_2']) {
      const found = carried(objects, folder);
      expect(secondsOf(found)).toEqual([0.5, 6]);
      expect(found.map(({ data }) => data)).toEqual([writeId3('one'), writeId3('of b alone')].map(base64));
    }
  });

  it('is told apart by what it holds where a writer gives all the same id', async () => {
    const alike = { 0: [id3('a', at(1)), id3('b', at(2))] };
    expect(carried((await packagedOf(eventfulPlaylist(alike), { DashPackage })).objects)).toHaveLength(2);
  });

  it('counts from the first fragment of a segment, wherever in it the message stands', async () => {
    // Two fragments in each segment, the message between them.
    const plain = eventfulSegments({});
    const typeBytes = 24;
    const between = id3('between', { version: 0, time: 3000 });
    const segments = [
      concat(plain[0]!, between, plain[1]!.subarray(typeBytes)),
      concat(plain[2]!, plain[3]!.subarray(typeBytes)),
    ];
    const lines = ['#EXTINF:4,', '0.m4s', '#EXTINF:4,', '1.m4s', '#EXT-X-ENDLIST'];
    const listed = {
      [entry]: ['#EXTM3U', '#EXT-X-TARGETDURATION:4', '#EXT-X-MAP:URI="init.mp4"', ...lines].join('\n'),
      'file:///init.mp4': init,
      'file:///0.m4s': segments[0]!,
      'file:///1.m4s': segments[1]!,
    };
    for (const resources of [listed, { [entry]: concat(init, ...segments) }])
      expect(secondsOf(carried((await packagedOf(resources, { DashPackage })).objects))).toEqual([3]);
  });

  it("is known by Apple's name, too", async () => {
    const apple = { 0: [id3('a', { schemeIdUri: 'https://developer.apple.com/streaming/emsg-id3', ...at(1) })] };
    expect(secondsOf(carried((await packagedOf(eventfulPlaylist(apple), { DashPackage })).objects))).toEqual([1]);
  });
});

describe('SCTE-35 in event messages of fragments', () => {
  /** Left 4 s in, for 4 s; announced at the start. What its own time says is of another clock. */
  const insert = writeSpliceInsert({ eventId: 7, pts: 1234, duration: 360_000 });
  const announced = { 0: [writeEmsg({ ...spliceMessage, ...at(4, 90_000), data: insert })] };
  const section = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const HlsManifests = [{ ManifestName: 'index', AdMarkers: 'SCTE35_ENHANCED' as const }];

  it.each(forms)('makes Periods with its message, from %s', async (_, resources) => {
    const ads = { DashPackage: { ...DashPackage, PeriodTriggers: ['ADS' as const], SegmentDurationSeconds: 2 } };
    const { text } = await packagedOf(resources(announced), ads);
    const mpd = text('index.mpd');
    const starts = [...mpd.matchAll(/<Period id="\d" start="PT([\d.]+)S"/g)].map(([, from]) => Number(from));
    expect(starts).toEqual([0, 4, 8]);
    expect(mpd).toContain('<Event presentationTime="360000" duration="360000" id="1">');
    const [, binary = ''] = /<Binary>(.*)<\/Binary>/.exec(mpd) ?? [];
    expect(parseSpliceInfo(section(binary))).toMatchObject({
      ptsTime: Math.round(onMovie(4) * 90_000),
      insert: { eventId: 7 },
    });
  });

  it('makes cue tags, once although every segment repeats it', async () => {
    const always = Object.fromEntries(
      [0, 1, 2].map((segment) => [
        segment,
        [writeEmsg({ ...spliceMessage, version: 0, time: 4000 - segment * 2000, data: insert })],
      ]),
    );
    const { text } = await packagedOf(eventfulPlaylist(always), { CmafPackage: { HlsManifests } });
    expect(tagsOf(text('index_video_1.m3u8')).map((tag) => tag.replace(/(SCTE35:|ElapsedTime).*/, '$1'))).toEqual([
      ...['segment', 'segment', '#EXT-OATCLS-SCTE35:', '#EXT-X-CUE-OUT:4', 'segment'],
      ...['#EXT-X-CUE-OUT-CONT:ElapsedTime', 'segment', '#EXT-X-CUE-IN', 'segment', 'segment'],
    ]);
  });

  it('stays as it is where its own time is that of the event to the millisecond', async () => {
    const right = writeSpliceInsert({ pts: Math.round(onMovie(4) * 90_000) + 40, duration: 360_000 });
    const messages = { 0: [writeEmsg({ ...spliceMessage, ...at(4), data: right })] };
    const { text } = await packagedOf(eventfulPlaylist(messages), { CmafPackage: { HlsManifests } });
    expect(text('index_video_1.m3u8')).toContain(`#EXT-OATCLS-SCTE35:${base64(right)}\n`);
  });

  it('goes along into transport streams with ID3, at its time on their clock', async () => {
    const immediate = writeTimeSignal(undefined, { segmentations: [{ typeId: 0x35 }] });
    const events = {
      0: [...announced[0], id3('tag', at(3.5)), id3('before', { timescale: 1, time: 0 })],
      1: [writeEmsg({ ...spliceMessage, id: 1, ...at(8), data: immediate })],
    };
    const HlsPackage = { HlsManifests, SegmentDurationSeconds: 4 };
    const { objects } = await packagedOf(eventfulPlaylist(events), { HlsPackage });
    const lines = [...objects.keys()].flatMap((_, index) => ['#EXTINF:4.0,', `${index}.ts`]);
    const made = Object.fromEntries([...objects.values()].map((bytes, index) => [`file:///${index}.ts`, bytes]));
    const playlist = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');
    const again = await indexSource(memorySource({ [entry]: playlist, ...made }), entry);
    const period = again.renditions[0]!.periods[0]!;
    const read = period.segments.map((segment, index) =>
      readTimedMetadata(made[`file:///${index}.ts`]!, { period, segment }).map(({ format, time }) => [format, time]),
    );
    const frame = 3600;
    expect(read).toEqual([
      [
        ['id3', 0],
        ['id3', 315_000],
        ['scte35', 360_000],
      ],
      [],
      [['scte35', expect.any(Number)]],
    ]);
    // At once: with the picture before it in the stream.
    expect(Math.abs(Number(read[2]?.[0]?.[1]) - 720_000)).toBeLessThanOrEqual(2 * frame);
  });
});

describe('what is not carried of event messages', () => {
  const notesOf = async (events: Messages) => (await indexSource(memorySource(eventfulPlaylist(events)), entry)).notes;

  it('is told by its scheme, once', async () => {
    const others = ['urn:a', 'urn:b', 'urn:a'].map((schemeIdUri) => writeEmsg({ schemeIdUri }));
    const unknown = writeEmsg();
    unknown[8] = 2;
    expect(await notesOf({ 0: others, 1: [others[0]!, unknown], 2: [id3('a', at(4))] })).toEqual([
      `Timed events (emsg) of ${entry} that are neither ID3 nor SCTE-35 are left out: "urn:a", "urn:b", a version of emsg that is not known.`,
    ]);
  });

  it('is told by its number where it is damaged, or after the end', async () => {
    const broken = writeSpliceInsert({}).with(12, 1);
    const events = {
      0: [writeEmsg({ ...spliceMessage, data: broken }), writeEmsg({ data: Uint8Array.of(1, 2, 3) })],
      1: [id3('after the end', at(12)), id3('at the end', at(11.9))],
    };
    expect(await notesOf(events)).toEqual([
      `2 timed events (emsg) of ${entry} are left out: what they hold is damaged.`,
      `1 timed events (emsg) of ${entry} are left out: they are after its end.`,
    ]);
  });

  it.each(forms)('is refused by its byte where its box is broken, in %s', async (_, resources) => {
    const broken = id3('b', { timescale: 0 });
    const made = resources({ 2: [id3('a', at(1)), broken] });
    const within = Object.values(made).find(
      (bytes) => typeof bytes !== 'string' && Buffer.from(bytes).indexOf(broken) >= 0,
    );
    const byteOffset = Buffer.from(within as Uint8Array).indexOf(broken);
    expect(byteOffset).toBeGreaterThan(0);
    await expect(indexSource(memorySource(made), entry)).rejects.toMatchObject({
      ...{ code: 'source_invalid', reason: 'timescale is 0 at byte 4' },
      location: { byteOffset },
    });
  });

  it.each([
    ['maximumEvents', { maximumEvents: 2 }, 'more than 2 event messages (maximumEvents)'],
    ['maximumEventBytes', { maximumEventBytes: 200 }, 'event messages of more than 200 bytes (maximumEventBytes)'],
  ])('is refused beyond %s', async (_, limits, message) => {
    const events = Object.fromEntries([0, 1, 2].map((segment) => [segment, [id3(String(segment), at(segment))]]));
    for (const [, resources] of forms) {
      const indexing = indexSource(memorySource(resources(events)), entry, { limits });
      await expect(indexing).rejects.toThrow(message);
      await expect(indexing).rejects.toMatchObject({ code: 'source_too_large' });
    }
    const { [entry]: playlist, ...segments } = eventfulPlaylist(events);
    const parts = (playlist as string).replaceAll('#EXTINF', '#EXT-X-DISCONTINUITY\n#EXTINF');
    const inParts = indexSource(memorySource({ [entry]: parts, ...segments }), entry, { limits });
    await expect(inParts).rejects.toThrow(message);
  });
});

it('inspect shows what kinds of events fragments carry', async () => {
  const events = { 0: [id3('a', at(1)), writeEmsg({ ...spliceMessage, ...at(2), data: writeSpliceInsert({}) })] };
  const { tracks } = await inspect(memorySource(eventfulPlaylist(events)), entry);
  expect(tracks.filter(({ kind }) => kind === 'events').map(({ codec, format }) => [codec, format])).toEqual([
    ['ID3', 'in the segments'],
    ['SCTE-35', 'in the segments'],
  ]);
});

it('fragments without events have no metadata', async () => {
  const { renditions } = await indexSource(memorySource(eventfulPlaylist({})), entry);
  expect(renditions[0]!.periods[0]).not.toHaveProperty('metadata');
});
