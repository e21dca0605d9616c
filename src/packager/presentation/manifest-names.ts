import type { HlsManifest, PlannedManifest } from './planned-manifest.js';

/** The files of a manifest in the order of writing: what a player opens is last. */
export function manifestFileNames(manifest: PlannedManifest): string[] {
  switch (manifest.kind) {
    case 'hls':
      return [
        ...[...manifestTracks(manifest), ...manifest.texts].map((track) => mediaPlaylistName(manifest, track)),
        ...(iFrameTrack(manifest) === undefined ? [] : [iFramePlaylistName(manifest)]),
        manifest.name,
      ];
    case 'dash':
    case 'mss':
      return [manifest.name];
  }
}

/** `index_video_1.m3u8` */
export function mediaPlaylistName({ name }: HlsManifest, track: string): string {
  return `${name.replace(/\.m3u8$/, '')}_${track}.m3u8`;
}

/** Ids of the tracks of a manifest, video first, each in the manifest's order. */
export function manifestTracks({ combinations }: PlannedManifest): string[] {
  const video = combinations.flatMap((combination) => combination.video ?? []);
  return [...new Set([...video, ...combinations.flatMap(({ audio }) => audio)])];
}

/** `index_iframes.m3u8` */
export function iFramePlaylistName({ name }: HlsManifest): string {
  return `${name.replace(/\.m3u8$/, '')}_iframes.m3u8`;
}

/** The track whose key pictures a manifest offers by themselves: its first video, as MediaPackage has it. */
export function iFrameTrack(manifest: PlannedManifest): string | undefined {
  if (manifest.kind === 'mss') return undefined;
  const wanted =
    manifest.kind === 'hls' ? manifest.configuration.IncludeIframeOnlyStream : manifest.includeIFrameOnlyStream;
  return wanted ? manifestTracks(manifest).find((id) => id.startsWith('video')) : undefined;
}

/** The id of the track for trick play. */
export function trickTrack(id: string): string {
  return `${id}_iframes`;
}
