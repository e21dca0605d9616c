import { Parser } from 'm3u8-parser';
import { parse as parseMpd } from 'mpd-parser';
import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { readTtml } from '../codec/ttml/read-ttml.js';
import { readWebVtt } from '../codec/webvtt/read-webvtt.js';
import { readBoxes } from '../isobmff/box-reader.js';
import type { AssetIndex, TextMedia } from '../model/asset-index.js';
import type { Cue } from '../model/text.js';
import { checkPresentation } from '../rules/check-manifest.js';
import { packageSegment } from './package-segment.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';

const second = 90_000;
const cue = (start: number, end: number, text: string, settings = ''): Cue => ({
  start: start * second,
  end: end * second,
  settings,
  text,
});
/** Nothing in the second of three segments of 4 s. */
const cues = [cue(0.5, 2, '<i>One</i> &amp; two'), cue(3, 4, 'to the end', 'line:0 align:start'), cue(9, 11, 'late')];
const over = [cue(3, 9, 'over all')];

function subtitled(
  all: readonly (readonly Cue[])[] = [cues],
  media: readonly Partial<TextMedia>[] = [{ name: 'English', language: 'eng' }],
  parts = 1,
): AssetIndex {
  const index = syntheticIndex(
    rendition({
      uri: 'v',
      tracks: [videoTrack(), audioTrack('a')],
      cuts: Array.from({ length: parts }, () => regularCuts(3, 4)),
    }),
  );
  const texts = all.map((of, nth) => ({
    id: `t${nth + 1}`,
    uri: `t${nth + 1}`,
    media: { default: false, autoselect: false, forced: false, ...media[nth] },
    periods: Array.from({ length: parts }, () => ({ styles: ['::cue(b) { color: red }'], regions: [], cues: of })),
  }));
  return { ...index, texts };
}

const HlsManifests = [{ ManifestName: 'index' }];
const packages = {
  cmaf: { CmafPackage: { HlsManifests } },
  hls: { HlsPackage: { HlsManifests } },
  dash: { DashPackage: { DashManifests: HlsManifests } },
  dashInWebVtt: { DashPackage: { DashManifests: HlsManifests, TextFormat: 'WVTT' } },
  cmafInTtml: { CmafPackage: { HlsManifests, TextFormat: 'STPP' } },
  mss: { MssPackage: { MssManifests: HlsManifests } },
} as const satisfies Record<string, Omit<PackagingConfiguration, 'Id'>>;

/** Plans, makes the segments of text, and writes the manifests as if all others had 1000 bytes. */
function made(index: AssetIndex, configuration: Omit<PackagingConfiguration, 'Id'>) {
  const presentation = planPresentation(index, { Id: 'test', ...configuration });
  const outputs = presentation.tasks
    .filter(({ rendition: name }) => name === 'text')
    .flatMap((task) => packageSegment(task, []));
  const segments = new Map(outputs.map(({ name, data }) => [name, Buffer.concat(data)]));
  const facts = new Map(
    presentation.tasks.flatMap(({ outputs: all }) =>
      all.map(({ name }) => [name, { size: segments.get(name)?.length ?? 1000 }] as const),
    ),
  );
  const files = writeManifests(presentation, facts);
  expect(checkPresentation(presentation, files, facts)).toEqual([]);
  const text = (name: string) => files.find((file) => file.name === name)?.text ?? '';
  return { presentation, segments, text };
}

const shown = ({ cues: read }: { readonly cues: readonly Cue[] }) =>
  read.map(({ start, end, text }) => [start / second, end / second, text]);

describe('subtitles', () => {
  it('in HLS are segments as long as those of the picture, empty ones too, with cues whole in each that shows them', () => {
    const { segments, text } = made(subtitled([cues, over]), packages.cmaf);
    const read = [...segments].map(([name, bytes]) => [name, shown(readWebVtt(bytes.toString()))]);
    expect(read).toEqual([
      [
        'text_1/1.vtt',
        [
          [0.5, 2, cues[0]!.text],
          [3, 4, 'to the end'],
        ],
      ],
      ['text_2/1.vtt', [[3, 9, 'over all']]],
      ['text_1/2.vtt', []],
      ['text_2/2.vtt', [[3, 9, 'over all']]],
      ['text_1/3.vtt', [[9, 11, 'late']]],
      ['text_2/3.vtt', [[3, 9, 'over all']]],
    ]);
    const parser = new Parser();
    parser.push(text('index_text_1.m3u8'));
    parser.end();
    expect(
      parser.manifest.segments.map(({ uri, duration }: { uri?: string; duration?: number }) => [uri, duration]),
    ).toEqual([
      ['text_1/1.vtt', 4],
      ['text_1/2.vtt', 4],
      ['text_1/3.vtt', 4],
    ]);
  });

  it.each([
    ['transport streams', packages.hls, 900_000],
    ['fragments', packages.cmaf, 0],
  ])('in HLS say which time stamp of %s their time is', (_, configuration, mpegts) => {
    const { segments } = made(subtitled(), configuration);
    for (const bytes of segments.values()) {
      expect(readWebVtt(bytes.toString())).toMatchObject({
        timestampMap: { mpegts, local: 0 },
        styles: ['::cue(b) { color: red }'],
      });
    }
  });

  it('have names that HLS can write, whatever the source calls them', () => {
    const media = [{ name: 'The "best"\r\nof it' }, { name: "The 'best' of it" }];
    const { text } = made(subtitled([cues, cues], media), packages.hls);
    expect(text('index.m3u8').match(/NAME="[^"]*"/g)).toEqual([`NAME="The 'best' of it"`, `NAME="The 'best' of it 2"`]);
    expect(made(subtitled([cues], media), packages.dash).text('index.mpd')).toContain('<Label>The &quot;best&quot;');
  });

  it('are of the one form of fragments that HLS knows where playlists and MPDs share them', () => {
    const both = made(subtitled([cues]), { CmafPackage: { HlsManifests, DashManifests: HlsManifests } });
    expect(both.text('index.m3u8')).toMatch(/CODECS="avc1.64001f,mp4a.40.2,stpp.ttml.im1t".*SUBTITLES="subtitles"/);
    expect(both.text('index.mpd')).toContain('codecs="stpp.ttml.im1t"');
  });

  it('are announced with language, name, default, forced and characteristics', () => {
    const index = subtitled(
      [cues, cues, cues],
      [
        { name: 'English', language: 'eng', default: true, autoselect: true },
        { name: 'English', language: 'en-GB', forced: true },
        { language: 'de', characteristics: 'public.accessibility.describes-music-and-sound' },
      ],
    );
    const hls = made(index, packages.hls).text('index.m3u8');
    expect(hls.match(/^#EXT-X-MEDIA:TYPE=SUBTITLES.*$/gm)).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="index_text_1.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English 2",LANGUAGE="en-GB",DEFAULT=NO,AUTOSELECT=NO,FORCED=YES,URI="index_text_2.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="German",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=NO,FORCED=NO,CHARACTERISTICS="public.accessibility.describes-music-and-sound",URI="index_text_3.m3u8"',
    ]);
    expect(hls).toMatch(/CODECS="avc1.64001f,mp4a.40.2,wvtt".*SUBTITLES="subtitles"/);
    const mpd = made(index, packages.dash).text('index.mpd');
    const roles = [...mpd.matchAll(/contentType="text"[^]*?<\/AdaptationSet>/g)].map(([set]) =>
      [...set.matchAll(/<(Label|Role|Accessibility)[^>]*?(?:value="([^"]*)")?\/?>([^<\n]*)/g)].map(
        ([, name, value, content]) => `${name} ${value ?? content}`,
      ),
    );
    expect(roles).toEqual([
      ['Label English', 'Role subtitle', 'Role main'],
      ['Label English', 'Role forced-subtitle'],
      ['Label German', 'Accessibility caption', 'Role caption'],
    ]);
  });

  it('in DASH are TTML, a document for each segment with what is shown in it', () => {
    const { segments, text } = made(subtitled([over]), packages.dash);
    const documents = [...segments.values()].map((bytes) => shown(readTtml(sampleOf(bytes))));
    expect(documents).toEqual([[[3, 4, 'over all']], [[4, 8, 'over all']], [[8, 9, 'over all']]]);
    expect(text('index.mpd')).toContain('codecs="stpp.ttml.im1t"');
    const { mediaGroups } = parseMpd(text('index.mpd'), { manifestUri: 'https://host/' });
    expect(Object.keys(mediaGroups?.AUDIO ?? {})).not.toEqual([]);
  });

  it('in TTML keep slant and place', () => {
    const [document] = [...made(subtitled(), packages.cmafInTtml).segments.values()].map((bytes) =>
      readTtml(sampleOf(bytes)),
    );
    expect(document?.cues.map(({ text, settings }) => [text, settings])).toEqual([
      ['<i>One</i> &amp; two', ''],
      ['to the end', 'line:5% align:start'],
    ]);
  });

  it('in Smooth Streaming count from the start of their fragment', () => {
    const { segments, text } = made(subtitled([over]), packages.mss);
    const documents = [...segments].map(([name, bytes]) => [name, shown(readTtml(sampleOf(bytes)))]);
    expect(documents).toEqual([
      ['index.ism/QualityLevels(1000)/Fragments(text_1=0)', [[3, 4, 'over all']]],
      ['index.ism/QualityLevels(1000)/Fragments(text_1=360000)', [[0, 4, 'over all']]],
      ['index.ism/QualityLevels(1000)/Fragments(text_1=720000)', [[0, 1, 'over all']]],
    ]);
    expect(text('index.ism/Manifest')).toContain('Type="text" Subtype="SUBT" Name="text_1"');
  });

  it('in fragments of WebVTT are one sample for each stretch that shows the same', () => {
    const { segments, presentation } = made(subtitled(), packages.dashInWebVtt);
    const samples = [...segments.values()].map((bytes) =>
      readBoxes(bytes.subarray(mdatAt(bytes) + 8)).map(({ type, payload, size }) =>
        type === 'vtte'
          ? type
          : new TextDecoder()
              .decode(new Uint8Array(payload.buffer, payload.byteOffset, size - 8))
              .replace(/[^ -~]/g, ''),
      ),
    );
    expect(samples).toEqual([
      ['vtte', 'payl<i>One</i> &amp; two', 'vtte', 'sttgline:0 align:startpaylto the end'],
      ['vtte'],
      ['vtte', 'payllate', 'vtte'],
    ]);
    const init = presentation.initSegments.find(({ name }) => name === 'text_1/init.mp4')!.bytes;
    const written = Buffer.from(init).toString('latin1');
    expect(written).toMatch(/hdlr[^]*text[^]*nmhd[^]*wvtt[^]*vttCWEBVTT\n\nSTYLE\n::cue\(b\)/);
  });

  it('begin again with each part of the media', () => {
    const { text } = made(subtitled([over], [{}], 2), packages.hls);
    expect(text('index_text_1.m3u8').match(/DISCONTINUITY|[^/]*\.vtt/g)).toEqual([
      '1.vtt',
      '2.vtt',
      '3.vtt',
      'DISCONTINUITY',
      '4.vtt',
      '5.vtt',
      '6.vtt',
    ]);
    expect(
      made(subtitled([over], [{}], 2), packages.dash)
        .text('index.mpd')
        .match(/startNumber="4"[^>]*text_1\/init_2/),
    ).not.toBeNull();
  });

  it('cost nothing where there are none', () => {
    const { renditions, notes } = subtitled();
    const { presentation } = made({ renditions, notes }, packages.cmaf);
    expect(presentation.tasks.every(({ reads }) => reads.length > 0)).toBe(true);
  });
});

function mdatAt(bytes: Uint8Array): number {
  return readBoxes(bytes).find(({ type }) => type === 'mdat')!.offset;
}

function sampleOf(bytes: Buffer): string {
  return bytes.subarray(mdatAt(bytes) + 8).toString();
}
