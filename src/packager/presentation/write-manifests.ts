import { dashManifest } from './dash-manifest.js';
import { hlsManifest } from './hls-manifest.js';
import type { ManifestFile, SegmentSizes } from './planned-manifest.js';
import type { Presentation } from './presentation.js';

/**
 * Writes every manifest of the presentation, from what was planned and the sizes of the finished segments. Of each, the files that others
 * name come first.
 * @param sizes bytes of every media segment by name
 */
export function writeManifests(presentation: Presentation, sizes: SegmentSizes): ManifestFile[] {
  return presentation.manifests.flatMap((manifest) => {
    switch (manifest.kind) {
      case 'hls':
        return hlsManifest(manifest, presentation, sizes);
      case 'dash':
        return [dashManifest(manifest, presentation, sizes)];
    }
  });
}
