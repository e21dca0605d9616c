/**
 * The packager's front door: a source's bytes to the objects of an egress endpoint, without transcoding. See README.md for the tour.
 */
export { PackagerError } from './errors.js';
export { demuxSegment } from './mpegts/demuxer.js';
export { indexSource, type IndexOptions } from './segmenter/asset-index.js';
export type { Presentation } from './presentation/presentation.js';
export type { SegmentOutput, SegmentTask } from './presentation/segment-task.js';
export type { ManifestFile, SegmentSizes } from './presentation/planned-manifest.js';
export { planPresentation } from './presentation/plan-presentation.js';
export { writeManifests } from './presentation/write-manifests.js';
export { refuseUnsupported } from './presentation/supported-fields.js';
export { packageSegment } from './presentation/package-segment.js';
