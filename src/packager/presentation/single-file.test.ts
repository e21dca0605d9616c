import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { initSegment } from '../isobmff/init-segment.js';
import { readSegmentIndex } from '../isobmff/read-sidx.js';
import type { AssetIndex } from '../model/asset-index.js';
import { planPresentation } from './plan-presentation.js';
import { filePeriods, inSingleFiles, layOut } from './single-file.js';
import { writeManifests } from './write-manifests.js';

const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true }];
const DashManifests = [{ ManifestName: 'index' }];
const SegmentLayout = 'SINGLE_FILE';
const both = { CmafPackage: { HlsManifests, DashManifests, SegmentLayout } } as const;

const tracks = [videoTrack(), audioTrack('a')];
const index = syntheticIndex(rendition({ uri: 'a', tracks, cuts: [regularCuts(3, 4)] }));
const twoParts = syntheticIndex(rendition({ uri: 'a', tracks, cuts: [regularCuts(3, 4), regularCuts(2, 4)] }));

/** Segment n of a track has 1000 n bytes, and its key picture at byte 40 of it. */
function made(of: AssetIndex, configuration: Omit<PackagingConfiguration, 'Id'>) {
  const presentation = planPresentation(of, { Id: 'a', ...configuration });
  const periods = [...presentation.tracks, ...presentation.texts].flatMap((track) => track.periods);
  const facts = new Map(
    periods.flatMap(({ segments }) =>
      segments.map(({ name, number, start }) => [
        name,
        { size: 1000 * number, iFrames: [{ time: start, offset: 40, length: 300 }] },
      ]),
    ),
  );
  const files = writeManifests(presentation, facts);
  const text = (name: string) => files.find((file) => file.name === name)?.text ?? '';
  return { presentation, facts, text };
}

describe('a single file', () => {
  it('has the init segment, an index of the segments, and then the segments', () => {
    const { presentation, facts } = made(index, both);
    const [video, audio] = filePeriods(presentation);
    expect([video!.file.name, audio!.file.name]).toEqual(['video_1/media.mp4', 'audio_1/media.mp4']);
    expect(presentation.initSegments).toEqual([]);
    const { head, initSegment: init, index: place, segments, size } = layOut(video!, facts);
    expect(head.subarray(0, init.length)).toEqual(initSegment(videoTrack()));
    expect(place).toEqual({ offset: init.length, length: head.length - init.length });
    const { references, earliestPresentationTime, timescale } = readSegmentIndex(head);
    expect({ earliestPresentationTime, timescale }).toEqual({ earliestPresentationTime: 0, timescale: 90_000 });
    expect(references.map(({ size: bytes, duration }) => [bytes, duration])).toEqual([
      [1000, 360_000],
      [2000, 360_000],
      [3000, 360_000],
    ]);
    expect(segments).toEqual([
      { offset: head.length, length: 1000 },
      { offset: head.length + 1000, length: 2000 },
      { offset: head.length + 3000, length: 3000 },
    ]);
    expect(size).toBe(head.length + 6000);
  });

  it('is played by HLS through byte ranges, those of key pictures, too', () => {
    const { text, presentation, facts } = made(index, both);
    const { head, initSegment: map } = layOut(filePeriods(presentation)[0]!, facts);
    const playlist = readMediaPlaylist(text('index_video_1.m3u8'));
    expect(playlist.segments.map(({ uri, byteRange }) => [uri, byteRange?.offset, byteRange?.length])).toEqual([
      ['video_1/media.mp4', head.length, 1000],
      ['video_1/media.mp4', head.length + 1000, 2000],
      ['video_1/media.mp4', head.length + 3000, 3000],
    ]);
    expect(playlist.segments[0]?.map).toEqual({ uri: 'video_1/media.mp4', byteRange: map });
    const iFrames = readMediaPlaylist(text('index_iframes.m3u8'));
    expect(iFrames.segments.map(({ byteRange }) => byteRange)).toEqual(
      [40, 1040, 3040].map((at) => ({ offset: head.length + at, length: 300 })),
    );
    expect(iFrames.segments[0]?.map).toEqual({ uri: 'video_1/media.mp4', byteRange: map });
  });

  it('has its discontinuities at the same time in the playlist of key pictures', () => {
    const { text } = made(twoParts, both);
    const beforeIt = (name: string) => {
      const { segments } = readMediaPlaylist(text(name));
      const until = segments.findIndex(({ discontinuity }) => discontinuity);
      return segments.slice(0, until).reduce((sum, { duration }) => sum + duration, 0);
    };
    expect(beforeIt('index_iframes.m3u8')).toBe(beforeIt('index_video_1.m3u8'));
  });

  it('is one segment of the on-demand profile in DASH', () => {
    const { text, presentation, facts } = made(index, both);
    const { initSegment: init, index: place } = layOut(filePeriods(presentation)[0]!, facts);
    const mpd = text('index.mpd');
    expect(mpd).toContain('profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static"');
    expect(mpd).toContain('maxSubsegmentDuration="PT4.010667S"');
    expect(mpd).toContain('subsegmentAlignment="true" subsegmentStartsWithSAP="1"');
    expect(mpd.replace(/\n */g, '')).toContain(
      `<BaseURL>video_1/media.mp4</BaseURL><SegmentBase timescale="90000" indexRange="${place.offset}-${place.offset + place.length - 1}"` +
        ` indexRangeExact="true"><Initialization range="0-${init.length - 1}"/></SegmentBase>`,
    );
    expect(mpd).not.toContain('SegmentTemplate');
  });

  it('begins anew with each period', () => {
    const { text, presentation } = made(twoParts, both);
    const names = filePeriods(presentation).map(({ file }) => file.name);
    expect(names.filter((name) => name.startsWith('video'))).toEqual(['video_1/media.mp4', 'video_1/media_2.mp4']);
    const { segments } = readMediaPlaylist(text('index_video_1.m3u8'));
    expect(segments.map(({ uri }) => uri.slice(8))).toEqual([
      ...['media.mp4', 'media.mp4', 'media.mp4'],
      ...['media_2.mp4', 'media_2.mp4'],
    ]);
    expect(segments[3]).toMatchObject({ discontinuity: true, map: { uri: 'video_1/media_2.mp4' } });
    expect(text('index.mpd')).toMatch(/<Period id="2"[^]*<BaseURL>video_1\/media_2.mp4/);
  });

  it('of transport streams is the segments, and nothing before them', () => {
    const { text, presentation } = made(index, { HlsPackage: { HlsManifests, SegmentLayout } });
    expect(filePeriods(presentation).map(({ file }) => file)).toEqual([
      { name: 'video_1/media.ts', contentType: 'video/mp2t' },
    ]);
    const playlist = readMediaPlaylist(text('index_video_1.m3u8'));
    expect(playlist.version).toBe(4);
    expect(playlist.segments.map(({ byteRange }) => byteRange?.offset)).toEqual([0, 1000, 3000]);
    expect(playlist.segments[0]?.map).toBeUndefined();
  });

  it('holds the pictures for trick play in DASH', () => {
    const { text } = made(index, { DashPackage: { DashManifests, SegmentLayout, IncludeIframeOnlyStream: true } });
    expect(text('index.mpd')).toContain('<BaseURL>video_1_iframes/media.mp4</BaseURL>');
  });

  describe('of subtitles', () => {
    const subtitled: AssetIndex = {
      ...index,
      texts: [
        {
          ...{ id: 't1', uri: 'a.vtt' },
          media: { language: 'en', default: true, autoselect: true, forced: false },
          periods: [{ cues: [], regions: [], styles: [] }],
        },
      ],
    };

    it('holds fragments', () => {
      const { text } = made(subtitled, both);
      expect(text('index.mpd')).toContain('<BaseURL>text_1/media.mp4</BaseURL>');
      expect(text('index_text_1.m3u8')).toContain('#EXT-X-MAP:URI="text_1/media.mp4",BYTERANGE=');
    });

    it('is not made of segments of WebVTT, which stay as they are', () => {
      const { text } = made(subtitled, { CmafPackage: { HlsManifests, SegmentLayout } });
      expect(text('index_text_1.m3u8')).toMatch(/^text_1\/1\.vtt$/m);
      expect(text('index_text_1.m3u8')).not.toContain('BYTERANGE');
    });
  });

  it('of more segments than an index can list is refused before any work', () => {
    const { presentation } = made(index, { CmafPackage: { HlsManifests } });
    const tracks = presentation.tracks.map((track) => ({
      ...track,
      periods: track.periods.map((period) => ({
        ...period,
        segments: Array.from({ length: 65_536 }, () => period.segments[0]!),
      })),
    }));
    expect(() => inSingleFiles({ ...presentation, tracks })).toThrow(
      'SINGLE_FILE allows 65535 segments in a file; video_1 has 65536: choose a larger SegmentDurationSeconds',
    );
  });
});
