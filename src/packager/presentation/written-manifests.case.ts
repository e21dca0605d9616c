import { Parser } from 'm3u8-parser';
import { parse as parseMpd } from 'mpd-parser';
import { expect } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { AssetIndex } from '../model/asset-index.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';

type Cmaf = NonNullable<PackagingConfiguration['CmafPackage']>;
type Dash = NonNullable<PackagingConfiguration['DashPackage']>;

/** Segments of video are 1000 bytes long, of audio 100; others as given. */
export function manifests(
  index: AssetIndex,
  configuration: Omit<PackagingConfiguration, 'Id'>,
  sizes: Record<string, number> = {},
) {
  const presentation = planPresentation(index, { Id: 'test', ...configuration });
  const names = presentation.tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const files = writeManifests(
    presentation,
    new Map(names.map((name) => [name, { size: sizes[name] ?? (name.startsWith('video') ? 1000 : 100) }])),
  );
  const text = (name: string) => {
    const file = files.find((each) => each.name === name);
    if (!file) throw new Error(`no ${name} among ${files.map((each) => each.name).join()}`);
    return file.text;
  };
  return { presentation, names, files, text };
}

export const hls = (index: AssetIndex, change: Partial<Cmaf> = {}, sizes?: Record<string, number>) =>
  manifests(index, { CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], ...change } }, sizes);
export const dash = (index: AssetIndex, change: Partial<Dash> = {}, sizes?: Record<string, number>) =>
  manifests(index, { DashPackage: { DashManifests: [{ ManifestName: 'index' }], ...change } }, sizes);

export const cuts = [regularCuts(3, 4)];
export const muxed = (uri: string, bandwidth: number, height: number, fingerprint = 'same') =>
  rendition({
    uri,
    tracks: [
      videoTrack({ width: (height * 16) / 9, height, codecString: height > 500 ? 'avc1.64001f' : 'avc1.4d401e' }),
      audioTrack(fingerprint, { language: 'eng' }),
    ],
    cuts,
    variant: { bandwidth },
  });
export const ladder = syntheticIndex(muxed('high', 3_000_000, 720), muxed('low', 1_000_000, 360));

/** As two independent parsers read them: what does each manifest list? */
function listed(files: readonly { name: string; text: string }[]): string[] {
  return files.flatMap(({ name, text }) => (name.endsWith('.mpd') ? listedByMpd(text) : listedByPlaylist(text)));
}

function listedByPlaylist(text: string): string[] {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  return parser.manifest.segments.flatMap(({ uri, map }) => [uri, ...(map ? [map.uri] : [])]);
}

function listedByMpd(text: string): string[] {
  const host = 'https://host/';
  const { playlists = [], mediaGroups } = parseMpd(text, { manifestUri: host });
  const audio = Object.values(mediaGroups?.AUDIO ?? {}).flatMap((group) => Object.values(group));
  return [...playlists, ...audio.flatMap((each) => each.playlists ?? [])]
    .flatMap(({ segments = [] }) => segments.flatMap(({ resolvedUri, map }) => [resolvedUri, map?.resolvedUri]))
    .map((uri) => uri?.replace(host, '') ?? 'a segment without address');
}

export const expectAll = ({ presentation, names, files }: ReturnType<typeof manifests>) => {
  const media = files.filter(({ name, entry }) => name.endsWith('.mpd') || !entry);
  const expected = [...names, ...presentation.initSegments.map(({ name }) => name)];
  expect([...new Set(listed(media))].toSorted()).toEqual(expected.toSorted());
};

export const parts = syntheticIndex(
  rendition({ uri: 'a', tracks: [videoTrack(), audioTrack('a')], cuts: [regularCuts(3, 4), regularCuts(2, 3.5)] }),
);
