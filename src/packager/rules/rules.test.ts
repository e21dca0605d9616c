import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { stpp } from '../isobmff/boxes/stpp.js';
import { wvtt } from '../isobmff/boxes/wvtt.js';
import { sidx } from '../isobmff/boxes/sidx.js';
import { initSegment } from '../isobmff/init-segment.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import { textInitSegment } from '../isobmff/text-init-segment.js';
import { planPresentation } from '../presentation/plan-presentation.js';
import { writeManifests } from '../presentation/write-manifests.js';
import { checkManifest, checkPresentation } from './check-manifest.js';
import { checkCmafHeader, checkCmafSegment } from './cmaf-rules.js';
import { checkSegmentIndex } from './index-rules.js';

const cuts = [regularCuts(3, 4)];
const tracks = [videoTrack(), audioTrack('a')];
const index = {
  ...syntheticIndex(
    rendition({ uri: 'a', tracks, cuts, variant: { bandwidth: 2_000_000 } }),
    rendition({ uri: 'b', tracks, cuts, variant: { bandwidth: 1_000_000 } }),
  ),
  texts: [
    {
      ...{ id: 't1', uri: 't', media: { default: false, autoselect: true, forced: false } },
      periods: [{ styles: [], regions: [], cues: [] }],
    },
  ],
};
const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true }];
const DashManifests = [{ ManifestName: 'index' }];

const configurations: Record<string, PackagingConfiguration> = {
  hls: { Id: 'a', HlsPackage: { HlsManifests, UseAudioRenditionGroup: true } },
  cmaf: { Id: 'a', CmafPackage: { HlsManifests } },
  dash: { Id: 'a', DashPackage: { DashManifests, IncludeIframeOnlyStream: true } },
  regular: { Id: 'a', DashPackage: { DashManifests, SegmentTemplateFormat: 'NUMBER_WITH_DURATION' } },
  timed: {
    Id: 'a',
    DashPackage: {
      DashManifests: [{ ManifestName: 'index', ManifestLayout: 'COMPACT' }],
      SegmentTemplateFormat: 'TIME_WITH_TIMELINE',
    },
  },
  single: { Id: 'a', CmafPackage: { HlsManifests, DashManifests, SegmentLayout: 'SINGLE_FILE' } },
  hls_single: { Id: 'a', HlsPackage: { HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  mss: { Id: 'a', MssPackage: { MssManifests: [{ ManifestName: 'index' }] } },
};

function made(of: string) {
  const presentation = planPresentation(index, configurations[of]!);
  const iFrames = [{ time: 0, offset: 0, length: 900 }];
  const names = presentation.tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const facts = new Map(names.map((name) => [name, { size: 1000, iFrames }]));
  return { presentation, facts, files: writeManifests(presentation, facts) };
}

describe('what is made', () => {
  it.each(Object.keys(configurations))('breaks no rule: %s', (of) => {
    const { presentation, facts, files } = made(of);
    expect(checkPresentation(presentation, files, facts)).toEqual([]);
  });

  it.each(Object.keys(configurations).filter((of) => !of.includes('single')))(
    'lacks nothing that is not there: %s',
    (of) => {
      const { presentation, facts, files } = made(of);
      const [task, ...tasks] = presentation.tasks;
      const problems = checkPresentation({ ...presentation, tasks }, files, facts);
      const missing = task!.outputs.map(({ name }) => name.split('/').at(-1)!);
      for (const name of missing) expect(problems.map(({ message }) => message).join('\n')).toContain(name);
    },
  );
});

describe('a rule is broken', () => {
  const cases: [rule: string, of: string, file: string, from: RegExp | string, to: string][] = [
    ['hls.target-duration', 'cmaf', 'index_video_1.m3u8', 'TARGETDURATION:4', 'TARGETDURATION:3'],
    ['hls.end-list', 'cmaf', 'index_video_1.m3u8', '#EXT-X-ENDLIST', ''],
    ['hls.playlist-type', 'hls', 'index_audio_1.m3u8', '#EXT-X-PLAYLIST-TYPE:VOD', ''],
    ['hls.version', 'cmaf', 'index_video_1.m3u8', 'VERSION:6', 'VERSION:5'],
    ['hls.version', 'cmaf', 'index_video_1.m3u8', '#EXTINF', '#EXT-X-GAP\n#EXTINF'],
    ['hls.version', 'hls', 'index_iframes.m3u8', 'VERSION:4', 'VERSION:3'],
    ['hls.byte-range', 'hls', 'index_iframes.m3u8', 'BYTERANGE:900@0', 'BYTERANGE:900@101'],
    ['hls.i-frames', 'hls', 'index_iframes.m3u8', /#EXT-X-BYTERANGE.*\n/g, ''],
    ['hls.reference', 'hls', 'index.m3u8', 'index_video_2.m3u8', 'index_video_9.m3u8'],
    ['hls.codecs', 'hls', 'index.m3u8', /CODECS="[^"]*",/g, ''],
    ['hls.bandwidth', 'hls', 'index.m3u8', /AVERAGE-BANDWIDTH=\d+/, 'AVERAGE-BANDWIDTH=99999999'],
    ['hls.groups', 'hls', 'index.m3u8', 'GROUP-ID="audio"', 'GROUP-ID="sound"'],
    ['hls.autoselect', 'hls', 'index.m3u8', 'AUTOSELECT=YES', 'AUTOSELECT=NO'],
    ['hls.group-default', 'hls', 'index.m3u8', /(#EXT-X-MEDIA.*\n)/, '$1$1'],
    ['hls.group-names', 'hls', 'index.m3u8', /(#EXT-X-MEDIA.*\n)/, '$1$1'],
    ['hls.captions', 'hls', 'index.m3u8', 'TYPE=AUDIO', 'TYPE=CLOSED-CAPTIONS'],
    ['hls.subtitles', 'hls', 'index.m3u8', /TYPE=AUDIO(.*),URI="[^"]*"/, 'TYPE=SUBTITLES$1'],
    ['dash.static', 'dash', 'index.mpd', 'type="static"', 'type="dynamic"'],
    ['dash.schema', 'dash', 'index.mpd', /profiles="[^"]*"/, ''],
    ['dash.schema', 'dash', 'index.mpd', /minBufferTime="[^"]*"/, ''],
    ['dash.duration', 'dash', 'index.mpd', /mediaPresentationDuration="[^"]*"/, 'mediaPresentationDuration="PT99S"'],
    ['dash.period', 'dash', 'index.mpd', /<AdaptationSet[^]*<\/AdaptationSet>/, ''],
    ['dash.representation-id', 'dash', 'index.mpd', 'Representation id="video_2"', 'Representation id="video_1"'],
    ['dash.bandwidth', 'dash', 'index.mpd', /bandwidth="\d+"/, 'bandwidth="0"'],
    ['dash.codecs', 'dash', 'index.mpd', /codecs="[^"]*"/, ''],
    ['dash.template', 'dash', 'index.mpd', '$Number$', '1'],
    [
      'dash.timeline',
      'timed',
      'index.mpd',
      '<S t="0" d="360000" r="2"/>',
      '<S t="0" d="360000"/><S t="100" d="360000"/>',
    ],
    ['dash.timeline', 'timed', 'index.mpd', 'r="2"', 'r="9"'],
    ['dash.reference', 'regular', 'index.mpd', /startNumber="1"/, 'startNumber="2"'],
    ['dash.trick-mode', 'dash', 'index.mpd', /trickmode" value="0"/, 'trickmode" value="7"'],
    ['dash.text', 'dash', 'index.mpd', 'codecs="stpp.ttml.im1t"', 'codecs="mp4a.40.2"'],
    ['dash.schema', 'dash', 'index.mpd', /(<Role [^>]*>)\s*(<Representation[^]*?<\/Representation>)/, '$2$1'],
    ['dash.on-demand', 'dash', 'index.mpd', 'isoff-live', 'isoff-on-demand'],
    ['dash.index', 'single', 'index.mpd', /indexRange="[^"]*"/, ''],
    ['dash.index', 'single', 'index.mpd', /range="0-(\d+)"/, 'range="0-9$1"'],
    ['dash.byte-range', 'single', 'index.mpd', /indexRange="(\d+)-/, 'indexRange="$1-99'],
    ['dash.reference', 'single', 'index.mpd', 'video_1/media.mp4', 'video_9/media.mp4'],
    ['hls.byte-range', 'single', 'index_video_1.m3u8', /BYTERANGE:1000@(\d+)/, 'BYTERANGE:1000@9$1'],
    ['hls.byte-range', 'single', 'index_video_1.m3u8', /BYTERANGE="\d+@0"/, 'BYTERANGE="99999@0"'],
    ['hls.version', 'hls_single', 'index_video_1.m3u8', 'VERSION:4', 'VERSION:3'],
    ['mss.version', 'mss', 'index.ism/Manifest', 'MajorVersion="2"', 'MajorVersion="3"'],
    ['mss.duration', 'mss', 'index.ism/Manifest', /Duration="\d+"/, ''],
    ['mss.names', 'mss', 'index.ism/Manifest', 'Name="audio"', 'Name="video"'],
    ['mss.counts', 'mss', 'index.ism/Manifest', 'Chunks="3"', 'Chunks="4"'],
    ['mss.bitrates', 'mss', 'index.ism/Manifest', 'Bitrate="1000000"', 'Bitrate="2000000"'],
    ['mss.url', 'mss', 'index.ism/Manifest', '{start time}', '0'],
    ['mss.codec', 'mss', 'index.ism/Manifest', /CodecPrivateData="00/, 'CodecPrivateData="0x'],
    ['mss.reference', 'mss', 'index.ism/Manifest', '<c t="0" d="360000"/>', '<c t="1" d="360000"/>'],
  ];
  it.each(cases)('%s, in %s', (...[rule, of, name, from, to]) => {
    const { presentation, facts, files } = made(of);
    const broken = files.map((file) => (file.name === name ? { ...file, text: file.text.replace(from, to) } : file));
    expect(broken).not.toEqual(files);
    expect(checkPresentation(presentation, broken, facts).map((problem) => problem.rule)).toContain(rule);
  });

  it.each<[what: string, of: string, file: string, from: RegExp | string, to: string]>([
    ['a last segment that goes on after its Period', 'timed', 'index.mpd', /PT12(?:\.\d+)?S/g, 'PT9S'],
    ['a duration with years and months of 0', 'dash', 'index.mpd', /PT12/g, 'P0Y0M0DT0H0M12'],
    ['text in files', 'dash', 'index.mpd', /application\/mp4("[^]*?) codecs="stpp.ttml.im1t"/, 'text/vtt$1'],
    [
      'chunks that are repeated',
      'mss',
      'index.ism/Manifest',
      /<c t="0" d="360000"\/>\s*<c d="360000"\/>\s*<c d="360000"\/>/,
      '<c t="0" d="360000" r="3"/>',
    ],
  ])('but not by %s', (...[, of, name, from, to]) => {
    const { presentation, facts, files } = made(of);
    const changed = files.map((file) => (file.name === name ? { ...file, text: file.text.replace(from, to) } : file));
    expect(changed).not.toEqual(files);
    expect(checkPresentation(presentation, changed, facts)).toEqual([]);
  });

  it('but not by a run of segments up to the end of the Period, and by what that lacks', () => {
    const { presentation, facts, files } = made('timed');
    const upTo = (end: string) =>
      files.map((file) => ({
        ...file,
        text: file.text.replace(/PT12(?:\.\d+)?S/g, end).replaceAll('r="2"', 'r="-1"'),
      }));
    expect(checkPresentation(presentation, upTo('PT12S'), facts)).toEqual([]);
    expect(checkPresentation(presentation, upTo('PT13S'), facts)).toMatchObject([
      { message: 'video_1: video_1/1080000.m4s does not exist' },
      { message: 'video_2: video_2/1080000.m4s does not exist' },
      { message: 'text_1: text_1/1080000.m4s does not exist' },
    ]);
  });

  it.each([
    [2, 'METHOD=AES-128,URI="k",IV=0x00000000000000000000000000000001', '4'],
    [5, 'METHOD=AES-128,URI="k",KEYFORMAT="identity"', '4.0'],
    [5, 'METHOD=SAMPLE-AES,URI="k"', '4.0'],
  ])('hls.version: %d for %s', (version, key, duration) => {
    const check = (given: number) =>
      checkManifest(
        'a.m3u8',
        `#EXTM3U\n#EXT-X-VERSION:${given}\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-KEY:${key}\n#EXTINF:${duration},\n1.ts\n#EXT-X-ENDLIST\n`,
      ).map(({ rule }) => rule);
    expect(check(version - 1)).toEqual(['hls.version']);
    expect(check(version)).toEqual([]);
  });

  it('but not by a gap that is not there', () => {
    const { presentation, facts, files } = made('cmaf');
    const gap = '#EXT-X-GAP\n#EXTINF:1.000000,\nvideo_1/gap.m4s\n#EXTINF';
    const withGap = files.map((file) =>
      file.name === 'index_video_1.m3u8'
        ? { ...file, text: file.text.replace('VERSION:6', 'VERSION:8').replace('#EXTINF', gap) }
        : file,
    );
    expect(checkPresentation(presentation, withGap, facts)).toEqual([]);
  });

  it('by what is no manifest at all', () => {
    expect(checkManifest('a', '<html>')).toMatchObject([{ rule: 'manifest' }]);
  });
});

describe('a segment index', () => {
  const index = { timescale: 90_000, earliestPresentationTime: 0 };
  const reference = { size: 1000, duration: 360_000, sap: 1 } as const;
  const box = sidx({ ...index, references: [reference, reference] });
  const file = { indexEnd: 700, size: 2700, startsWithSap: true };

  it('that adds up to the file breaks no rule', () => {
    expect(checkSegmentIndex('media.mp4', box, file)).toEqual([]);
  });

  it.each([
    ['sidx.sizes', box, { ...file, size: 2701 }],
    ['sidx.sizes', box, { ...file, size: 1700 }],
    ['sidx.references', sidx({ ...index, references: [] }), { ...file, size: 700 }],
    ['sidx.durations', sidx({ ...index, references: [{ ...reference, duration: 0 }] }), { ...file, size: 1700 }],
    ['sidx.access-points', sidx({ ...index, references: [{ ...reference, sap: 0 }] }), { ...file, size: 1700 }],
    ['sidx.timescale', sidx({ ...index, timescale: 0, references: [reference, reference] }), file],
  ])('breaks %s', (rule, bytes, of) => {
    expect(checkSegmentIndex('media.mp4', bytes, of).map((problem) => problem.rule)).toEqual([rule]);
  });

  it('need not begin with access points everywhere when no manifest says so', () => {
    const open = sidx({ ...index, references: [reference, { ...reference, sap: 0 }] });
    expect(checkSegmentIndex('media.mp4', open, { ...file, startsWithSap: false })).toEqual([]);
  });
});

describe('CMAF', () => {
  const header = initSegment(videoTrack());
  const samples = { data: [Uint8Array.of(1)], sizes: [1], decodeTimes: [0], compositionOffsets: [0], sync: [true] };
  const segment = Buffer.concat(mediaSegment({ sequenceNumber: 1, samples, end: 9 }));

  it('as it is made breaks no rule', () => {
    expect(checkCmafHeader('init.mp4', header)).toEqual([]);
    expect(checkCmafSegment('1.m4s', segment)).toEqual([]);
  });

  it.each([
    ['cmaf.brands', /cmfccmf2/, 'mp41mp42'],
    ['cmaf.header', /mvex/, 'free'],
    ['cmaf.tracks', /trak/, 'free'],
  ])('header: %s', (rule, from, to) => {
    const bytes = Buffer.from(Buffer.from(header).toString('latin1').replace(from, to), 'latin1');
    expect(checkCmafHeader('init.mp4', bytes).map((problem) => problem.rule)).toContain(rule);
  });

  it.each([
    ['text', wvtt('WEBVTT'), 'cwvt', 'nmhd'],
    ['subt', stpp(), 'im1t', 'sthd'],
  ] as const)('header of %s: its brand, its handler and its media header', (kind, sampleEntry, brand, mediaHeader) => {
    const bytes = textInitSegment({ timescale: 90_000, kind, sampleEntry });
    expect(checkCmafHeader('init.mp4', bytes)).toEqual([]);
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain(`cmf2${brand}`);
    const other = text.replace(mediaHeader, 'vmhd').replace(new RegExp(`(hdlr.{8})${kind}`, 's'), '$1vide');
    expect(checkCmafHeader('init.mp4', Buffer.from(other, 'latin1')).map(({ message }) => message)).toEqual([
      `${kind === 'text' ? 'wvtt' : 'stpp'} needs the handler ${kind}; given: vide`,
      `${kind === 'text' ? 'wvtt' : 'stpp'} needs the media header ${mediaHeader}`,
    ]);
  });

  it.each([
    ['cmaf.tfdt', /tfdt/, 'free'],
    ['cmaf.tracks', /traf/, 'free'],
    ['cmaf.fragments', /mdat/, 'free'],
    ['cmaf.fragments', /moof/, 'free'],
  ])('segment: %s', (rule, from, to) => {
    const bytes = Buffer.from(segment.toString('latin1').replace(from, to), 'latin1');
    expect(checkCmafSegment('1.m4s', bytes).map((problem) => problem.rule)).toContain(rule);
  });
});
