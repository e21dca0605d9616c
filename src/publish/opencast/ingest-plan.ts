import { secondsIso, type Recording, type RecordingStateEvent } from '../../domain/recording.js';
import type { StoredRecordingFile } from '../../domain/stored-recording-file.js';
import type { IngestRequest } from '../../domain/work-request.js';
import { period, type EpisodeTerms } from './dublin-core.js';
import type { IngestProfile } from './ingest-profile.js';
import { sourceOfRecording } from './media-package-id.js';
import { recordingTimes } from './recording-times.js';
import { segmentsOf, withoutFalseStarts, type RecordingSegment } from './segments.js';
import { archiveOrder, publishedViews, viewOf, type View } from './views.js';

/** Everything that Opencast is told about a recording, decided before anything is sent. JSON. */
export interface IngestPlan {
  readonly mediaPackageId: string;
  readonly workflow: string;
  readonly seriesId: string;
  readonly terms: EpisodeTerms;
  readonly elements: readonly PlannedElement[];
  /** Workflow properties. */
  readonly properties: Readonly<Record<string, string>>;
  /** What of the recording is not part of it and why, for people. */
  readonly omitted: readonly string[];
}

export interface PlannedElement {
  readonly kind: 'track' | 'attachment';
  /** `property`: only its address is told, as `attachmentUri`: a workflow property, if Opencast does not know it */
  readonly as: 'element' | 'property';
  readonly flavor: string;
  readonly tags: readonly string[];
  /** in our storage */
  readonly key: string;
  /** bytes */
  readonly size: number;
}

export interface PlanInput {
  readonly request: Pick<IngestRequest, 'series' | 'ingestAllMp4'>;
  readonly recording: Recording;
  readonly files: readonly StoredRecordingFile[];
  readonly events: readonly RecordingStateEvent[];
  readonly mediaPackageId: string;
  readonly workflow: string;
  readonly publisher: string | undefined;
}

export interface PlanRules {
  readonly profile: IngestProfile;
  /** milliseconds; shorter segments at the beginning are false starts */
  readonly minimumMs: number;
}

/** Undefined when the recording has nothing to see or to hear. */
export function planIngest(input: PlanInput, { profile, minimumMs }: PlanRules): IngestPlan | undefined {
  const { kept, dropped } = withoutFalseStarts(
    segmentsOf(input.files, Date.parse(input.recording.startTime) / 1000),
    minimumMs,
  );
  const media = mediaElements(kept, input.request.ingestAllMp4, profile);
  if (media.length === 0) return undefined;
  const withOthers = !input.request.ingestAllMp4 || profile.archiveOthers;
  const others = withOthers ? kept.flatMap((segment) => otherElements(segment, profile)) : [];
  return {
    mediaPackageId: input.mediaPackageId,
    workflow: input.workflow,
    seriesId: input.request.series.id,
    terms: termsOf(input, kept, profile),
    elements: [...media, ...others],
    properties: propertiesOf(input, kept, profile),
    omitted: dropped.map(({ start }) => `the segment that began at ${secondsIso(start * 1000)} is a false start`),
  };
}

function mediaElements(segments: readonly RecordingSegment[], all: boolean, profile: IngestProfile): PlannedElement[] {
  const available = new Set(segments.flatMap(({ media }) => media.flatMap(({ file }) => viewOf(file) ?? [])));
  const flavors: [View, string][] = all
    ? archiveOrder.flatMap((view) => (available.has(view) ? [[view, profile.archived[view]]] : []))
    : publishedViews(available).map((view, index) => [view, profile.published[index] ?? profile.published[2]]);
  if (flavors.length === 0) return unnamedMedia(segments, profile);
  return flavors.flatMap(([view, flavor]) =>
    segments.flatMap(({ media }) => {
      const file = plainest(media.filter(({ file }) => viewOf(file) === view));
      return file ? [track(file, flavor, profile.trackTags)] : [];
    }),
  );
}

/** A picture of a type that we do not know is better than none, and sound alone better than nothing. */
function unnamedMedia(segments: readonly RecordingSegment[], profile: IngestProfile): PlannedElement[] {
  const ofType = (type: string) =>
    segments.flatMap(({ media }) => media.find(({ file }) => file.fileType.toUpperCase() === type) ?? []);
  const pictures = ofType('MP4');
  if (pictures.length > 0) return pictures.map((file) => track(file, profile.published[0], profile.trackTags));
  return ofType('M4A').map((file) => track(file, profile.audio, profile.trackTags));
}

/** Of one view Zoom may have a variant with captions burned in, `(CC)`: without is better, captions come as a file. */
function plainest(files: readonly StoredRecordingFile[]): StoredRecordingFile | undefined {
  return files.find(({ file }) => !/\(cc\)/i.test(file.recordingType ?? '')) ?? files[0];
}

export function isCaptions({ file }: Pick<StoredRecordingFile, 'file'>): boolean {
  return ['TRANSCRIPT', 'CC'].includes(file.fileType.toUpperCase());
}

function otherElements({ others }: RecordingSegment, { captions, chat }: IngestProfile): PlannedElement[] {
  // Zoom has both at times, made from the same speech: the transcript has the speakers' names.
  const transcript = others.find(({ file }) => file.fileType.toUpperCase() === 'TRANSCRIPT') ?? others.find(isCaptions);
  const chats = others.filter(({ file }) => file.fileType.toUpperCase() === 'CHAT');
  return [
    ...(captions && transcript ? [track(transcript, captions.flavor, captions.tags)] : []),
    ...(chat
      ? chats.map(({ key, size }): PlannedElement => ({
          kind: 'attachment',
          as: chat.as === 'property' ? 'property' : 'element',
          flavor: chat.flavor,
          tags: chat.tags,
          key,
          size,
        }))
      : []),
  ];
}

function track({ key, size }: StoredRecordingFile, flavor: string, tags: readonly string[]): PlannedElement {
  return { kind: 'track', as: 'element', flavor, tags, key, size };
}

function termsOf(
  { request, recording, mediaPackageId, publisher }: PlanInput,
  segments: readonly RecordingSegment[],
  profile: IngestProfile,
): EpisodeTerms {
  const { series } = request;
  const start = segments[0]?.start;
  const end = segments.at(-1)?.end;
  const known = start !== undefined && end !== undefined;
  return {
    identifier: mediaPackageId,
    title: series.title,
    type: profile.typeCodes ? typeCode(series.type ?? series.title) : series.type,
    isPartOf: series.id,
    license: profile.license ?? undefined,
    publisher,
    created: recording.startTime,
    temporal: known && profile.period ? period(secondsIso(start * 1000), secondsIso(end * 1000)) : undefined,
    language: profile.language,
    source: sourceOfRecording(recording.uuid),
    spatial: `Zoom ${recording.meetingId}`,
  };
}

function typeCode(type: string | undefined): string {
  return ({ Lecture: 'L', Section: 'S' } as Record<string, string>)[type ?? ''] ?? 'P';
}

function propertiesOf(
  { recording, events }: PlanInput,
  segments: readonly RecordingSegment[],
  { properties }: IngestProfile,
): Record<string, string> {
  const times = recordingTimes(segments, events);
  return {
    ...(properties.meetingStart !== null && { [properties.meetingStart]: recording.startTime }),
    ...(properties.recordingTimes !== null && { [properties.recordingTimes]: times }),
  };
}
