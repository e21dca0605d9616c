import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import { checkPresentation } from '../rules/check-manifest.js';
import { announcedCaptions } from '../segmenter/announced-captions.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';

const stream = (closedCaptions: string) => `#EXT-X-STREAM-INF:BANDWIDTH=1000,${closedCaptions}\na.m3u8\n`;
const media = (attributes: string) => `#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",${attributes}\n`;
const captioned = `#EXTM3U\n${media('NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,INSTREAM-ID="CC1"')}${media(
  'NAME="Español",LANGUAGE="es",INSTREAM-ID="CC3"',
)}${media('NAME="English",LANGUAGE="en",INSTREAM-ID="SERVICE1"')}${media('NAME="bad",INSTREAM-ID="CC9"')}${stream('CLOSED-CAPTIONS="cc"')}`;
const without = `#EXTM3U\n${stream('CLOSED-CAPTIONS=NONE')}`;

/** The manifest of a source that has this playlist. */
function manifest(playlist: string, configuration: Omit<PackagingConfiguration, 'Id'>, name: string): string {
  const plain = syntheticIndex(
    rendition({ uri: 'v', tracks: [videoTrack(), audioTrack('a')], cuts: [regularCuts(2, 4)] }),
  );
  const captions = announcedCaptions(readMultivariantPlaylist(playlist));
  const presentation = planPresentation({ ...plain, ...(captions && { captions }) }, { Id: 'a', ...configuration });
  const names = presentation.tasks.flatMap(({ outputs }) => outputs.map((output) => output.name));
  const facts = new Map(names.map((each) => [each, { size: 1000 }]));
  const files = writeManifests(presentation, facts);
  expect(checkPresentation(presentation, files, facts)).toEqual([]);
  return files.find((file) => file.name === name)?.text ?? '';
}

const HlsManifests = [{ ManifestName: 'index' }];

describe('captions within the pictures', () => {
  it.each([
    ['transport streams', { HlsPackage: { HlsManifests } }],
    ['fragments', { CmafPackage: { HlsManifests } }],
  ])('are announced in HLS of %s as the source announces them', (_, configuration) => {
    const text = manifest(captioned, configuration, 'index.m3u8');
    expect(text.match(/^#EXT-X-MEDIA:TYPE=CLOSED.*$/gm)).toEqual([
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,INSTREAM-ID="CC1"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="Español",LANGUAGE="es",DEFAULT=NO,AUTOSELECT=NO,INSTREAM-ID="CC3"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="captions",NAME="English 2",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,INSTREAM-ID="SERVICE1"',
    ]);
    expect(text).toMatch(/CLOSED-CAPTIONS="captions"/);
    expect(text).toContain('#EXT-X-VERSION:7\n');
  });

  it('are announced in DASH at the video', () => {
    const text = manifest(captioned, { DashPackage: { DashManifests: HlsManifests } }, 'index.mpd');
    expect(text.match(/<Accessibility.*>/g)).toEqual([
      '<Accessibility schemeIdUri="urn:scte:dash:cc:cea-608:2015" value="CC1=eng;CC3=spa"/>',
      '<Accessibility schemeIdUri="urn:scte:dash:cc:cea-708:2015" value="1=lang:eng"/>',
    ]);
  });

  it('are said to be none where the source says so, and nothing is said where it says nothing', () => {
    expect(manifest(without, { HlsPackage: { HlsManifests } }, 'index.m3u8')).toContain('CLOSED-CAPTIONS=NONE');
    const silent = `#EXTM3U\n${stream('FRAME-RATE=25')}`;
    expect(manifest(silent, { HlsPackage: { HlsManifests } }, 'index.m3u8')).not.toContain('CAPTIONS');
    expect(manifest(without, { DashPackage: { DashManifests: HlsManifests } }, 'index.mpd')).not.toContain('Accessib');
  });
});
