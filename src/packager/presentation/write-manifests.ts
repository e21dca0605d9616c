import { dashManifest } from './dash-manifest.js';
import { hlsManifest } from './hls-manifest.js';
import { mssManifest } from './mss-manifest.js';
import type { ManifestFile, SegmentFacts } from './planned-manifest.js';
import type { Presentation } from './presentation.js';

/**
 * Writes every manifest of the presentation, from what was planned and the facts of the finished segments. Of each, the files that others
 * name come first.
 * @param facts of every media segment by name
 */
export function writeManifests(presentation: Presentation, facts: SegmentFacts): ManifestFile[] {
  return presentation.manifests.flatMap((manifest) => {
    switch (manifest.kind) {
      case 'hls':
        return hlsManifest(manifest, presentation, facts);
      case 'dash':
        return [dashManifest(manifest, presentation, facts)];
      case 'mss':
        return [mssManifest(manifest, presentation)];
    }
  });
}
