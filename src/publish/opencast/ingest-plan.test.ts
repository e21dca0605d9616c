import { describe, expect, it } from 'vitest';
import type { Recording, RecordingStateEvent } from '../../domain/recording.js';
import type { StoredRecordingFile } from '../../domain/stored-recording-file.js';
import { choosePublisher } from './publisher.js';
import { episodeCatalog, readSeriesTerms } from './dublin-core.js';
import { planIngest, type PlanInput } from './ingest-plan.js';
import { ingestProfiles, type IngestProfileName } from './ingest-profile.js';

const at = (minutes: number): string =>
  new Date(Date.UTC(2026, 10, 20, 14) + minutes * 60_000).toISOString().replace('.000Z', 'Z');

interface Given {
  readonly type: string;
  /** minutes after the meeting's start */
  readonly from?: number;
  readonly to?: number;
  readonly fileType?: string;
}

function stored({ type, from = 0, to = 60, fileType = 'MP4' }: Given): StoredRecordingFile {
  return {
    file: { fileType, recordingType: type, recordingStart: at(from), recordingEnd: at(to) },
    key: `${from}-${type}`,
    size: 1000,
    digest: 'sha256:00',
    ...(fileType === 'MP4' && { durationMs: (to - from) * 60_000 }),
  };
}

const recording: Recording = {
  accountId: 'account',
  uuid: 'mock_uuid',
  meetingId: '123456789',
  topic: 'Topic',
  hostId: 'host',
  startTime: at(-5),
  durationMinutes: 60,
  files: [],
};

function plan(
  files: readonly Given[],
  options: {
    profile?: IngestProfileName;
    all?: boolean;
    events?: readonly RecordingStateEvent[];
    series?: PlanInput['request']['series'];
  } = {},
) {
  const input: PlanInput = {
    request: {
      series: options.series ?? { id: '20260112345', title: 'Lecture', type: 'Lecture' },
      ingestAllMp4: options.all ?? false,
    },
    recording,
    files: files.map(stored),
    events: options.events ?? [],
    mediaPackageId: '8d636340-8912-d700-9a98-f271c361ef97',
    workflow: 'fast',
    publisher: 'producer@example.edu',
  };
  return planIngest(input, { profile: ingestProfiles[options.profile ?? 'harvard'], minimumMs: 120_000 });
}

const elements = (...given: Parameters<typeof plan>) =>
  plan(...given)?.elements.map(({ flavor, key }) => `${flavor} ${key}`);

describe('which views become which part of an event', () => {
  const speaker = 'active_speaker';
  const screen = 'shared_screen';
  const gallery = 'gallery_view';
  const screenGallery = 'shared_screen_with_gallery_view';
  const screenSpeaker = 'shared_screen_with_speaker_view';
  const cases: { name: string; views: string[]; chosen: string[] }[] = [
    { name: 'the speaker first, then the screen', views: [screen, speaker], chosen: [speaker, screen] },
    {
      name: 'at most three',
      views: [screenSpeaker, screenGallery, gallery, screen, speaker],
      chosen: [speaker, screen, gallery],
    },
    {
      name: 'without a speaker the view that has both',
      views: [gallery, screenGallery, screenSpeaker],
      chosen: [screenSpeaker, screenGallery, gallery],
    },
    { name: 'without either what there is', views: [gallery, screenGallery], chosen: [screenGallery, gallery] },
    { name: 'gallery alone', views: [gallery], chosen: [gallery] },
  ];
  const flavors = ['multipart/chunked+source', 'presentation/chunked+source', 'other/chunked+source'];

  it.each(cases)('$name', ({ views, chosen }) => {
    expect(elements(views.map((type) => ({ type })))).toEqual(
      chosen.map((type, index) => `${flavors[index]} 0-${type}`),
    );
  });

  it('every view for an archive, in its own flavor and order, without the chat', () => {
    const views = [screenSpeaker, gallery, speaker, screen, screenGallery].map((type) => ({ type }));
    expect(elements([...views, { type: 'chat_file', fileType: 'CHAT' }], { all: true })).toEqual([
      'speaker/chunked+source 0-active_speaker',
      'shared-screen/chunked+source 0-shared_screen',
      'gallery/chunked+source 0-gallery_view',
      'shared-screen-gallery/chunked+source 0-shared_screen_with_gallery_view',
      'shared-screen-speaker/chunked+source 0-shared_screen_with_speaker_view',
    ]);
  });

  it('variants of a name are one view, and of one with burned-in captions the other is taken', () => {
    expect(elements([{ type: 'shared_screen_with_speaker_view(CC)' }, { type: screenSpeaker }])).toEqual([
      `multipart/chunked+source 0-${screenSpeaker}`,
    ]);
    expect(elements([{ type: 'Speaker_View' }])).toEqual(['multipart/chunked+source 0-Speaker_View']);
  });

  it('a view that only some segments have is sent for those', () => {
    const given = [
      { type: speaker, from: 0, to: 30 },
      { type: speaker, from: 30, to: 60 },
      { type: screen, from: 30, to: 60 },
    ];
    expect(elements(given)).toEqual([
      'multipart/chunked+source 0-active_speaker',
      'multipart/chunked+source 30-active_speaker',
      'presentation/chunked+source 30-shared_screen',
    ]);
  });

  it('a picture of an unknown type rather than none; sound alone rather than nothing; else there is no event', () => {
    expect(elements([{ type: 'host_video' }])).toEqual(['multipart/chunked+source 0-host_video']);
    expect(elements([{ type: 'audio_only', fileType: 'M4A' }], { profile: 'stock' })).toEqual([
      'presenter-audio/source 0-audio_only',
    ]);
    expect(plan([{ type: 'chat_file', fileType: 'CHAT' }])).toBeUndefined();
    expect(plan([])).toBeUndefined();
  });

  it('stock: transcripts are captions with their tags, the chat is an attachment', () => {
    const chosen = plan(
      [
        { type: screenSpeaker },
        { type: 'closed_caption', fileType: 'CC' },
        { type: 'audio_transcript', fileType: 'TRANSCRIPT' },
        { type: 'chat_file', fileType: 'CHAT', from: 3 },
        { type: 'timeline', fileType: 'TIMELINE' },
      ],
      { profile: 'stock' },
    );
    expect(chosen?.elements.map(({ kind, as, flavor, key }) => [kind, as, flavor, key])).toEqual([
      ['track', 'element', 'presenter/source', `0-${screenSpeaker}`],
      ['track', 'element', 'captions/source', '0-audio_transcript'],
      ['attachment', 'element', 'chat/source', '3-chat_file'],
    ]);
    expect(chosen?.elements[1]?.tags).toContain('lang:en');
  });

  it('harvard: the chat goes last, as a workflow property', () => {
    const chosen = plan([{ type: 'chat_file', fileType: 'CHAT' }, { type: speaker }]);
    expect(chosen?.elements.map(({ as, flavor }) => [as, flavor])).toEqual([
      ['element', 'multipart/chunked+source'],
      ['property', 'chat/chunked+source'],
    ]);
  });
});

describe('false starts', () => {
  const segment = (from: number, to: number) => ({ type: 'active_speaker', from, to });

  it.each([
    { name: 'a short first segment is left out', given: [segment(0, 1), segment(5, 60)], kept: [5] },
    { name: 'so are several', given: [segment(0, 1), segment(2, 3), segment(5, 60)], kept: [5] },
    { name: 'a segment of just the minimum stays', given: [segment(0, 2), segment(5, 60)], kept: [0, 5] },
    { name: 'a short later one stays', given: [segment(0, 50), segment(55, 56)], kept: [0, 55] },
    { name: 'when all are short all stay', given: [segment(0, 1), segment(5, 6)], kept: [0, 5] },
  ])('$name', ({ given, kept }) => {
    expect(elements(given)).toEqual(kept.map((from) => `multipart/chunked+source ${from}-active_speaker`));
  });

  it('take their chat with them, and are said', () => {
    const given = [
      segment(0, 1),
      { type: 'chat_file', fileType: 'CHAT', from: 0, to: 1 },
      segment(5, 60),
      // a chat begins when somebody writes: that makes no segment
      { type: 'chat_file', fileType: 'CHAT', from: 17 },
    ];
    const chosen = plan(given);
    expect(chosen?.elements.map(({ key }) => key)).toEqual(['5-active_speaker', '17-chat_file']);
    expect(chosen?.omitted).toEqual([`the segment that began at ${at(0)} is a false start`]);
    expect(chosen?.properties.zoomRecordingTimes).toBe(`${at(5)}_${at(60)}`);
  });
});

describe('recording times', () => {
  const event = (kind: RecordingStateEvent['kind'], minutes: number): RecordingStateEvent => ({
    kind,
    at: Date.parse(at(minutes)) / 1000,
  });
  const cases: {
    name: string;
    events: RecordingStateEvent[];
    segments: [number, number][];
    times: [number, number][];
  }[] = [
    { name: 'of files alone', events: [], segments: [[0, 60]], times: [[0, 60]] },
    {
      name: 'with a pause',
      events: [event('started', 0), event('paused', 20), event('resumed', 25), event('stopped', 60)],
      segments: [[0, 60]],
      times: [
        [0, 20],
        [25, 60],
      ],
    },
    {
      name: 'of two segments, with a pause in the second; events before the first do not count',
      events: [
        event('started', -9),
        event('stopped', -8),
        event('paused', 45),
        event('resumed', 50),
        event('ended', 52),
      ],
      segments: [
        [0, 30],
        [40, 60],
      ],
      times: [
        [0, 30],
        [40, 45],
        [50, 60],
      ],
    },
    {
      name: 'when one segment ends in the second in which the next begins',
      events: [],
      segments: [
        [0, 30],
        [30, 60],
      ],
      times: [
        [0, 30],
        [30, 60],
      ],
    },
    {
      name: 'told twice',
      events: [event('paused', 20), event('paused', 21), event('resumed', 25)],
      segments: [[0, 60]],
      times: [
        [0, 20],
        [25, 60],
      ],
    },
  ];
  it.each(cases)('$name', ({ events, segments, times }) => {
    const files = segments.map(([from, to]) => ({ type: 'active_speaker', from, to }));
    const expected = times.map(([from, to]) => `${at(from)}_${at(to)}`).join(',');
    expect(plan(files, { events })?.properties).toEqual({ zoomMeetingStart: at(-5), zoomRecordingTimes: expected });
  });
});

describe('what is said of the event', () => {
  it('harvard: types as letters, the licence, the meeting as its place', () => {
    expect(plan([{ type: 'active_speaker' }])?.terms).toEqual({
      identifier: '8d636340-8912-d700-9a98-f271c361ef97',
      title: 'Lecture',
      type: 'L',
      isPartOf: '20260112345',
      license: 'Creative Commons 3.0: Attribution-NonCommercial-NoDerivs',
      publisher: 'producer@example.edu',
      created: at(-5),
      language: 'en',
      source: 'ZIP-mock_uuid',
      spatial: 'Zoom 123456789',
    });
  });

  it('harvard: what no class names is a lecture by its letter as by its title', () => {
    const terms = (series: { title: string; type?: string }) =>
      plan([{ type: 'active_speaker' }], { series: { id: '20260112345', ...series } })?.terms;
    expect(terms({ title: 'Lecture' })?.type).toBe('L');
    expect(terms({ title: 'Section', type: 'Section' })?.type).toBe('S');
    expect(terms({ title: 'Lab', type: 'Lab' })?.type).toBe('P');
  });

  it('stock: from when to when was recorded', () => {
    const temporal = `start=${at(0)}; end=${at(60)}; scheme=W3C-DTF;`;
    expect(plan([{ type: 'active_speaker' }], { profile: 'stock' })?.terms.temporal).toBe(temporal);
  });

  it('is escaped once, and what is not known is left out', () => {
    const { terms } = plan([{ type: 'active_speaker' }], { profile: 'stock' })!;
    const catalog = episodeCatalog({ ...terms, title: 'Q&A <1> "x"', publisher: undefined, type: '' });
    expect(catalog).toContain('<dcterms:title>Q&amp;A &lt;1&gt; &quot;x&quot;</dcterms:title>');
    expect(catalog).not.toContain('publisher');
    expect(catalog).not.toContain('dcterms:type');
    expect(catalog).toContain('<dcterms:created xsi:type="dcterms:W3CDTF">');
  });
});

it.each([
  [{ override: 'a', ofSeries: 'b', fallback: 'c' }, 'a'],
  [{ override: 'None', ofSeries: 'b', fallback: 'c' }, 'b'],
  [{ override: undefined, ofSeries: ' ', fallback: 'c' }, 'c'],
  [{ override: undefined, ofSeries: undefined, fallback: undefined }, undefined],
])('the publisher of %o is %s', (names, chosen) => {
  expect(choosePublisher(names)).toBe(chosen);
});

it("reads a series' terms, also when it has few", () => {
  const json = JSON.stringify({ 'http://purl.org/dc/terms/': { title: [{ value: 'T' }], publisher: [{}] } });
  expect(readSeriesTerms(json)).toEqual({ title: 'T', publisher: undefined });
  expect(readSeriesTerms('{}')).toEqual({ title: undefined, publisher: undefined });
});
