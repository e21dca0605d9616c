import { describe, expect, it } from 'vitest';
import { eventPids, type StreamEvent, withEvents } from '../../../test/support/eventful-stream.js';
import { frames, pictures } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { base64, messages, packaged, tagsOf } from '../../../test/support/packaged.js';
import { writeId3, writeSpliceInsert, writeTimeSignal } from '../../../test/support/splice-writer.js';
import { audioPid, TransportStreamWriter, videoAndAudio, videoPid } from '../../../test/support/transport-stream.js';
import { parseSpliceInfo } from '../codec/scte35/splice-info-section.js';
import { packetSize, parsePacketHeader } from '../mpegts/packet.js';
import { findProgram } from '../mpegts/program.js';
import { readTimedMetadata } from '../mpegts/timed-metadata.js';
import { indexSource, inspect } from '../packager.js';

/** The clock wraps in the middle. */
const start = 2 ** 33 - 5 * 90_000;
const gop = 50;
const segmentCount = 6;
/** Of the period's time line: the first sound; pictures are presented a frame later. */
const at = (seconds: number) => start + Math.round(seconds * 90_000);
const ticks = (seconds: number) => at(seconds) % 2 ** 33;

function plainSegments(streams = videoAndAudio): Uint8Array[] {
  const writer = new TransportStreamWriter();
  const video = pictures(gop * segmentCount, { gop, start });
  const audio = frames(Math.floor((segmentCount * 2 * 48_000) / 1024), { start });
  return Array.from({ length: segmentCount }, (_, index) => {
    const from = writer.packets.length;
    writer.tables(streams);
    const until = start + (index + 1) * gop * 3600;
    for (const { bytes, pts, dts } of video.splice(0, gop))
      writer.pes(videoPid, bytes, { pts: pts % 2 ** 33, dts: dts % 2 ** 33, unbounded: true });
    while (audio[0] && audio[0].pts < until)
      writer.pes(audioPid, audio[0].bytes, { pts: audio.shift()!.pts % 2 ** 33 });
    return new Uint8Array(Buffer.concat(writer.packets.slice(from)));
  });
}

const segments = plainSegments();

function source(
  events: readonly StreamEvent[],
  tags: Readonly<Record<number, readonly string[]>> = {},
  plain = segments,
) {
  const made = withEvents(plain, events);
  const lines = made.flatMap((_, index) => [...(tags[index] ?? []), '#EXTINF:2.0,', `${index}.ts`]);
  const playlist = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', ...lines, '#EXT-X-ENDLIST'].join('\n');
  return memorySource({
    'file:///index.m3u8': playlist,
    ...Object.fromEntries(made.map((bytes, index) => [`file:///${index}.ts`, bytes])),
  });
}

/** PES_packet_length, the byte of data_alignment_indicator and that of PTS_DTS_flags, of each PES packet. */
function pesHeads(bytes: Uint8Array, wanted: number): number[][] {
  const heads: number[][] = [];
  for (let from = 0; from < bytes.length; from += packetSize) {
    const { pid, unitStart, payload } = parsePacketHeader(bytes, from);
    if (pid !== wanted || !unitStart) continue;
    const head = Buffer.from(bytes.subarray(payload, payload + 9));
    heads.push([head.readUInt16BE(4), head[6]!, head[7]!]);
  }
  return heads;
}

const cmaf = (AdMarkers: 'NONE' | 'PASSTHROUGH' | 'SCTE35_ENHANCED') => ({
  CmafPackage: { HlsManifests: [{ ManifestName: 'index', AdMarkers }] },
});
const ads = (ScteMarkersSource?: 'SEGMENTS' | 'MANIFEST') => ({
  DashPackage: {
    DashManifests: [{ ManifestName: 'index', ...(ScteMarkersSource && { ScteMarkersSource }) }],
    PeriodTriggers: ['ADS' as const],
  },
});
/** Left 4 s in, for 4 s; announced 3 s before. */
const insert = writeSpliceInsert({ eventId: 7, pts: ticks(4.04), duration: 360_000 });
const spliced = () => source([{ format: 'scte35', at: at(1), data: insert }]);

describe('AdMarkers SCTE35_ENHANCED', () => {
  it('says where a splice_insert() of the segments leaves and returns, in every playlist', async () => {
    const { text } = await packaged(spliced(), cmaf('SCTE35_ENHANCED'));
    const section = base64(insert);
    const expected = [
      ...['segment', 'segment', `#EXT-OATCLS-SCTE35:${section}`, '#EXT-X-CUE-OUT:4', 'segment'],
      ...[expect.stringMatching(/^#EXT-X-CUE-OUT-CONT:ElapsedTime=[\d.]+,Duration=4,SCTE35=/), 'segment'],
      ...['#EXT-X-CUE-IN', 'segment', 'segment'],
    ];
    expect(tagsOf(text('index_video_1.m3u8'))).toEqual(expected);
    expect(tagsOf(text('index_audio_1.m3u8'))).toEqual(expected);
  });

  it('names what a placement opportunity is for, which another message ends', async () => {
    const out = writeTimeSignal(ticks(2.04), { segmentations: [{ typeId: 0x34, upid: [0x2a, 0xff] }] });
    const back = writeTimeSignal(ticks(8.04), { segmentations: [{ typeId: 0x35 }] });
    const reader = source([
      { format: 'scte35', at: at(0.5), data: out },
      { format: 'scte35', at: at(0.9), data: out }, // repeated until it takes effect
      { format: 'scte35', at: at(7), data: back },
    ]);
    const { text } = await packaged(reader, cmaf('SCTE35_ENHANCED'));
    expect(tagsOf(text('index_video_1.m3u8')).filter((tag) => tag !== 'segment' && !tag.includes('CONT'))).toEqual([
      ...[`#EXT-OATCLS-SCTE35:${base64(out)}`, '#EXT-X-ASSET:CAID=0x2AFF', '#EXT-X-CUE-OUT:6', '#EXT-X-CUE-IN'],
    ]);
  });

  it('is made from the tags of the playlist where the segments have no messages', async () => {
    const tags = { 1: ['#EXT-X-CUE-OUT:DURATION=4'], 3: ['#EXT-X-CUE-IN'] };
    const { text } = await packaged(source([], tags), cmaf('SCTE35_ENHANCED'));
    expect(tagsOf(text('index_video_1.m3u8'))).toEqual([
      ...['segment', '#EXT-X-CUE-OUT:4', 'segment', '#EXT-X-CUE-OUT-CONT:ElapsedTime=2,Duration=4', 'segment'],
      ...['#EXT-X-CUE-IN', 'segment', 'segment', 'segment'],
    ]);
  });

  it('puts a splice that lies within a segment at the nearest cut, and leaves out one after the end', async () => {
    const reader = source([
      { format: 'scte35', at: at(1), data: writeSpliceInsert({ pts: ticks(3.5), duration: 180_000 }) },
      { format: 'scte35', at: at(9), data: writeSpliceInsert({ pts: ticks(30), duration: 180_000 }) },
    ]);
    const { text } = await packaged(reader, cmaf('SCTE35_ENHANCED'));
    expect(tagsOf(text('index_video_1.m3u8')).map((tag) => tag.replace(/SCTE35:.*/, ''))).toEqual([
      ...['segment', 'segment', '#EXT-OATCLS-', '#EXT-X-CUE-OUT:2', 'segment', '#EXT-X-CUE-IN'],
      ...['segment', 'segment', 'segment'],
    ]);
  });

  it('is not there with NONE, nor are damaged messages', async () => {
    expect(tagsOf((await packaged(spliced(), cmaf('NONE'))).text('index_video_1.m3u8')).join()).not.toContain('CUE');
    const damaged = source([{ format: 'scte35', at: at(1), data: insert.with(12, 1) }]);
    expect(tagsOf((await packaged(damaged, cmaf('SCTE35_ENHANCED'))).text('index_video_1.m3u8')).join()).not.toContain(
      'CUE',
    );
  });
});

describe('PeriodTriggers ADS', () => {
  it('begins Periods where a break begins and ends, with its message, and media goes on', async () => {
    const whole = await packaged(spliced(), { DashPackage: { DashManifests: [{ ManifestName: 'index' }] } });
    const { text, objects } = await packaged(spliced(), ads());
    const mpd = text('index.mpd');
    const starts = [...mpd.matchAll(/<Period id="(\d)" start="PT([\d.]+)S"/g)].map(([, id, from]) => [
      id,
      Number(from),
    ]);
    expect(starts).toEqual([
      ['1', 0],
      ['2', 4.04],
      ['3', 8.04],
    ]);
    expect(mpd).toContain(
      '<EventStream schemeIdUri="urn:scte:scte35:2014:xml+bin" timescale="90000" presentationTimeOffset="363600">',
    );
    expect(mpd).toContain('<Event presentationTime="363600" duration="360000" id="1">');
    expect(mpd).toContain(`<Binary>${base64(insert)}</Binary>`);
    expect([...mpd.matchAll(/contentType="video"[\s\S]*?startNumber="(\d)"/g)].map(([, number]) => number)).toEqual([
      '1',
      '3',
      '5',
    ]);
    expect(mpd.match(/period-continuity:2015" value="[12]"/g)).toHaveLength(4);
    expect([...objects.keys()]).toEqual([...whole.objects.keys()]);
    for (const [name, bytes] of objects) expect(bytes, name).toEqual(whole.objects.get(name));
  });

  it.each([
    ['SEGMENTS' as const, 1],
    ['MANIFEST' as const, 3],
  ])('with ScteMarkersSource %s, tags of the playlist make %d Periods', async (from, periods) => {
    const tags = { 2: [`#EXT-OATCLS-SCTE35:${base64(insert)}`, '#EXT-X-CUE-OUT:4'], 4: ['#EXT-X-CUE-IN'] };
    const { text } = await packaged(source([], tags), ads(from));
    expect(text('index.mpd').match(/<Period /g)).toHaveLength(periods);
    expect(text('index.mpd').includes(base64(insert))).toBe(from === 'MANIFEST');
  });

  it('is refused where segments are regular by definition', async () => {
    const { DashPackage } = ads();
    const regular = { DashPackage: { ...DashPackage, SegmentTemplateFormat: 'NUMBER_WITH_DURATION' as const } };
    await expect(packaged(spliced(), regular)).rejects.toThrow(
      /PeriodTriggers: ADS cannot go with SegmentTemplateFormat/,
    );
  });
});

describe('ID3 of the source', () => {
  const times = [0.5, 3, 3, 9.25];
  /** The last is more than a PES packet holds, as a tag with a picture is. */
  const texts = ['tag 0', 'tag 1', 'tag 2', 'ID3 '.repeat(40_000)];
  const tags = times.map((time, index) => ({ format: 'id3' as const, at: at(time), data: writeId3(texts[index]!) }));

  it('comes as emsg in the segments of the picture, at its time to the tick, and is announced in the MPD', async () => {
    const { objects, text } = await packaged(source(tags), {
      DashPackage: { DashManifests: [{ ManifestName: 'index' }] },
    });
    const found = [...objects].flatMap(([name, bytes]) =>
      messages(Buffer.from(bytes)).map((each) => ({ name: name.replace(/\/.*/, ''), ...each })),
    );
    expect(found).toEqual(
      tags.map(({ data }, index) => ({
        ...{ name: 'video_1', timescale: 90_000, scheme: 'https://aomedia.org/emsg/ID3', value: '0' },
        ...{ time: times[index]! * 90_000, data: base64(data) },
      })),
    );
    expect(
      text('index.mpd').match(/<InbandEventStream schemeIdUri="https:\/\/aomedia.org\/emsg\/ID3" value="0"\/>/g),
    ).toHaveLength(1);
  });

  it('is in as many PES packets as it needs, of which the first alone has a time', async () => {
    const { objects } = await packaged(source(tags), {
      HlsPackage: { HlsManifests: [{ ManifestName: 'index' }], SegmentDurationSeconds: 4 },
    });
    const heads = [...objects.values()].flatMap((bytes) => {
      const { pid } = findProgram(bytes)!.streams.find(({ content }) => content.name.includes('ID3'))!;
      return pesHeads(bytes, pid);
    });
    const piece = 0xffff - 8;
    expect(heads).toEqual([
      ...tags.slice(0, 3).map(({ data }) => [data.length + 8, 0x84, 0x80]),
      ...[
        [piece + 8, 0x84, 0x80],
        [piece + 3, 0x80, 0],
        [tags[3]!.data.length - 2 * piece + 3, 0x80, 0],
      ],
    ]);
  });

  it('goes along into transport streams that are made, and messages of SCTE 35 where markers are wanted', async () => {
    const events = [...tags, { format: 'scte35' as const, at: at(1), data: insert }];
    for (const [AdMarkers, formats] of [
      ['NONE', ['id3']],
      ['SCTE35_ENHANCED', ['id3', 'scte35']],
    ] as const) {
      const HlsPackage = { HlsManifests: [{ ManifestName: 'index', AdMarkers }], SegmentDurationSeconds: 4 };
      const { objects } = await packaged(source(events), { HlsPackage });
      const lines = [...objects.keys()].flatMap((_, index) => ['#EXTINF:4.0,', `${index}.ts`]);
      const made = Object.fromEntries([...objects.values()].map((bytes, index) => [`file:///${index}.ts`, bytes]));
      const playlist = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');
      const again = await indexSource(memorySource({ 'file:///index.m3u8': playlist, ...made }), 'file:///index.m3u8');
      const period = again.renditions[0]!.periods[0]!;
      expect(period.metadata?.map(({ format }) => format)).toEqual(formats);
      const read = period.segments.flatMap((segment, index) =>
        readTimedMetadata(made[`file:///${index}.ts`]!, { period, segment }),
      );
      const id3 = read.filter(({ format }) => format === 'id3');
      expect(id3.map(({ time, data }) => [time, base64(data)])).toEqual(
        tags.map(({ data }, index) => [times[index]! * 90_000, base64(data)]),
      );
      const messages = read.filter(({ format }) => format === 'scte35');
      expect(messages.map(({ time }) => time)).toEqual(formats.length > 1 ? [363_600] : []);
      for (const { data } of messages) expect(parseSpliceInfo(data).insert?.eventId).toBe(7);
    }
  });
});

it('what is not asked for is not in transport streams, although they would be those of the source else', async () => {
  const dvb = { pid: 300, streamType: 6, descriptors: [[0x59, 8, 0x65, 0x6e, 0x67, 0x10, 0, 1, 0, 1]] };
  const splice = { format: 'scte35' as const, at: at(1), data: insert };
  const pids = async (reader: ReturnType<typeof source>, AdMarkers: 'NONE' | 'PASSTHROUGH') => {
    const { objects } = await packaged(reader, {
      HlsPackage: { HlsManifests: [{ ManifestName: 'index', AdMarkers }] },
    });
    const [first] = objects.values();
    return findProgram(first!)!.streams.map(({ content }) => content.name);
  };
  expect(await pids(source([splice]), 'PASSTHROUGH')).toEqual(['H.264', 'AAC (ADTS)', 'SCTE-35']);
  expect(await pids(source([splice]), 'NONE')).toEqual(['H.264', 'AAC (ADTS)']);
  const subtitled = source([], {}, plainSegments([...videoAndAudio, dvb]));
  expect(await pids(subtitled, 'NONE')).toEqual(['H.264', 'AAC (ADTS)']);
});

it('events are found by the PIDs that the program map gives them', async () => {
  const index = await indexSource(
    source([
      { format: 'scte35', at: at(1), data: insert },
      { format: 'id3', at: at(1), data: writeId3('a') },
    ]),
    'file:///index.m3u8',
  );
  expect(index.renditions[0]?.periods[0]?.metadata).toEqual([
    { pid: eventPids.scte35, format: 'scte35' },
    { pid: eventPids.id3, format: 'id3' },
  ]);
  expect(index.notes).toEqual([]);
});

describe('inspect', () => {
  const shown = async (reader: Parameters<typeof inspect>[0], uri: string) =>
    (await inspect(reader, uri)).tracks
      .filter(({ kind }) => kind === 'events')
      .map(({ name, codec, format }) => [name, codec, format]);
  const events = [
    { format: 'scte35' as const, at: at(1), data: insert },
    { format: 'id3' as const, at: at(1), data: writeId3('a') },
  ];

  it('shows the events of a transport stream and of an MPD', async () => {
    const [bytes = new Uint8Array()] = withEvents(segments, events);
    expect(await shown(memorySource({ 'a.ts': bytes }), 'a.ts')).toEqual([
      ['r1', 'SCTE-35', 'PID 500'],
      ['r1', 'ID3', 'PID 501'],
    ]);
    const { text } = await packaged(source(events), ads());
    const inSegments = [1, 2, 3].map((part) => [
      `set 0 part ${part}`,
      'https://aomedia.org/emsg/ID3',
      'in the segments',
    ]);
    expect(await shown(memorySource({ 'index.mpd': text('index.mpd') }), 'index.mpd')).toEqual([
      inSegments[0],
      ['MPD part 2', 'urn:scte:scte35:2014:xml+bin', '1 events'],
      ...inSegments.slice(1),
    ]);
  });
});

describe('EXT-X-DATERANGE of the source', () => {
  const date = '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z';
  const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex').toUpperCase()}`;
  const plain = '#EXT-X-DATERANGE:ID="chapter",CLASS="org.example",START-DATE="2026-01-01T00:00:03Z",X-TITLE="One"';
  const out = `#EXT-X-DATERANGE:ID="ad",START-DATE="2026-01-01T00:00:04Z",PLANNED-DURATION=6,SCTE35-OUT=${hex(insert)}`;
  const back = `#EXT-X-DATERANGE:ID="ad",START-DATE="2026-01-01T00:00:04Z",DURATION=4,SCTE35-IN=${hex(insert)}`;
  const dated = () => source([], { 0: [date, plain, out], 4: [back] });
  const ranges = (playlist: string) => playlist.split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE'));

  it('stands in the playlists of all tracks with a date; those of advertisements with PASSTHROUGH alone', async () => {
    const none = (await packaged(dated(), cmaf('NONE'))).text;
    expect(ranges(none('index_video_1.m3u8'))).toEqual([plain]);
    expect(none('index_video_1.m3u8').match(/#EXT-X-PROGRAM-DATE-TIME:.*/g)).toEqual([date]);
    const passed = (await packaged(dated(), cmaf('PASSTHROUGH'))).text;
    for (const name of ['index_video_1.m3u8', 'index_audio_1.m3u8'])
      expect(ranges(passed(name))).toEqual([plain, out, back]);
    expect(passed('index.m3u8')).not.toContain('DATERANGE');
  });

  it('makes breaks with SCTE35-OUT and SCTE35-IN', async () => {
    const { text } = await packaged(dated(), ads());
    expect([...text('index.mpd').matchAll(/<Period id="\d" start="PT([\d.]+)S"/g)].map(([, from]) => from)).toEqual([
      ...['0', '4.04', '8.04'],
    ]);
    expect(text('index.mpd')).toContain('<Event presentationTime="363600" duration="540000" id="1">');
    const tags = tagsOf((await packaged(dated(), cmaf('SCTE35_ENHANCED'))).text('index_video_1.m3u8'));
    expect(tags.filter((tag) => /CUE-(OUT:|IN)/.test(tag))).toEqual(['#EXT-X-CUE-OUT:6', '#EXT-X-CUE-IN']);
  });

  it('cuts segments of several of the source where the programme is left and returned to', async () => {
    const durations = async (AdMarkers: 'PASSTHROUGH' | 'NONE') => {
      const { HlsManifests } = cmaf(AdMarkers).CmafPackage;
      const { text } = await packaged(dated(), { CmafPackage: { HlsManifests, SegmentDurationSeconds: 6 } });
      return text('index_video_1.m3u8').match(/(?<=EXTINF:)\d+/g);
    };
    expect(await durations('NONE')).toEqual(['6', '6']);
    expect(await durations('PASSTHROUGH')).toEqual(['4', '4', '4']);
  });

  it.each([
    ['without any date', { 0: [plain] }, 'EXT-X-DATERANGE is left out: it needs EXT-X-PROGRAM-DATE-TIME'],
    [
      'with a relative address',
      { 0: [date, `${plain},X-ASSET-URI="ad/index.m3u8"`] },
      'EXT-X-DATERANGE "chapter" is left out: X-ASSET-URI is a relative address.',
    ],
    ['without a start', { 0: [date, '#EXT-X-DATERANGE:ID="a"'] }, 'it needs ID and START-DATE'],
  ])('is left out with a note %s', async (_, tags, note) => {
    const reader = source([], tags);
    expect((await indexSource(reader, 'file:///index.m3u8')).notes.join()).toContain(note);
    expect(ranges((await packaged(reader, cmaf('PASSTHROUGH'))).text('index_video_1.m3u8'))).toEqual([]);
  });
});
