/**
 * The packager's front door: a source's bytes to the objects of an egress endpoint, without transcoding. README.md is the tour.
 *
 * 1. `indexSource` reads playlists and heads of segments: all that one segment needs to know of the others.
 * 2. `planPresentation` applies a packaging configuration to it: every object's name, every task.
 * 3. `packageSegment` does a task, in any order, on any thread.
 * 4. `writeManifests` writes the manifests, once the sizes of the segments are known; `checkPresentation` judges them by their standards.
 */
export { PackagerError } from './errors.js';
export type { PackagingConfiguration } from '../domain/packaging-configuration.js';
export type { SourceRange, SourceReader } from './model/source-reader.js';
export { indexSource, type IndexOptions } from './segmenter/asset-index.js';
export { refusalsOf, refuseUnsupported, verdicts, type Refusal } from './presentation/supported-fields.js';
export { planPresentation } from './presentation/plan-presentation.js';
export type { Presentation } from './presentation/presentation.js';
export { packageSegment } from './presentation/package-segment.js';
export type { PlannedOutput, SegmentOutput, SegmentTask } from './presentation/segment-task.js';
export { maximumTaskBytes, taskTooLarge } from './presentation/task-limit.js';
export { writeManifests } from './presentation/write-manifests.js';
export { type FilePeriod, filePeriods, layOut } from './presentation/single-file.js';
export type { ManifestFile, SegmentFacts } from './presentation/planned-manifest.js';
export { checkManifest, checkPresentation, manifestLanguage } from './rules/check-manifest.js';
export type { RuleProblem } from './rules/problem.js';
export { inspect } from './inspect/inspect.js';
export type { InspectedTrack, Inspection } from './inspect/inspection.js';
