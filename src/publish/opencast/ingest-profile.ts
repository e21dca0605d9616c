import { z } from 'zod';
import type { View } from './views.js';

/** Opencast's `type/subtype` of an element. */
const flavor = z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'type/subtype');
const tags = z.array(z.string().regex(/^[^,\s]+$/, 'a tag without commas and blanks'));

/**
 * What the workflows of an Opencast expect: which flavors and tags the elements have, what the workflow is told, and in which way the
 * recording is handed over. An institution changes single fields by OPENCAST_PROFILE_CHANGES.
 */
export const ingestProfileSchema = z.strictObject({
  /**
   * `elements`: the media package grows by one request for each element, each of which can be repeated; any Opencast.
   * `one-request`: everything in one request that lasts as long as Opencast fetches, as zoom-recording-ingester did.
   */
  request: z.enum(['elements', 'one-request']),
  /** Flavors of the published views: the presenter's, the second one's, the third one's. */
  published: z.tuple([flavor, flavor, flavor]),
  /** Flavor of each view when all are ingested for an archive. */
  archived: z.record(
    z.enum([
      'active_speaker',
      'shared_screen',
      'gallery_view',
      'shared_screen_with_gallery_view',
      'shared_screen_with_speaker_view',
    ]) satisfies z.ZodType<View>,
    flavor,
  ),
  /** Of sound alone, when a recording has no picture. */
  audio: flavor,
  /** Of tracks, whichever they are. */
  trackTags: tags,
  /** null: transcripts and captions are not ingested */
  captions: z.object({ flavor, tags }).nullable(),
  chat: z
    .object({
      flavor,
      tags,
      /** `property`: its address is told as `attachmentUri` */
      as: z.enum(['attachment', 'property']),
    })
    .nullable(),
  /** Are chats and captions part of an archive ingest? */
  archiveOthers: z.boolean(),
  /** Names of workflow properties; null: not told. */
  properties: z.object({ meetingStart: z.string().nullable(), recordingTimes: z.string().nullable() }),
  /** `Lecture` as `L`, `Section` as `S`, all else as `P` */
  typeCodes: z.boolean(),
  /** Is told from when to when was recorded (`temporal`)? Opencast then dates the event by it; otherwise by the meeting's start. */
  period: z.boolean(),
  /** Is the series' own catalog sent along? */
  seriesCatalog: z.boolean(),
  license: z.string().nullable(),
  language: z.string(),
});

export type IngestProfile = z.infer<typeof ingestProfileSchema>;

export const ingestProfiles = {
  /** Any Opencast with the workflows that come with it. */
  stock: {
    request: 'elements',
    published: ['presenter/source', 'presentation/source', 'presenter-2/source'],
    archived: {
      active_speaker: 'presenter/source',
      shared_screen: 'presentation/source',
      gallery_view: 'gallery/source',
      shared_screen_with_gallery_view: 'presentation-gallery/source',
      shared_screen_with_speaker_view: 'presentation-speaker/source',
    },
    audio: 'presenter-audio/source',
    trackTags: ['archive'],
    captions: {
      flavor: 'captions/source',
      tags: ['lang:en', 'type:subtitle', 'generator-type:auto', 'generator:zoom'],
    },
    chat: { flavor: 'chat/source', tags: ['archive'], as: 'attachment' },
    archiveOthers: true,
    properties: { meetingStart: null, recordingTimes: null },
    typeCodes: false,
    period: true,
    seriesCatalog: false,
    license: null,
    language: 'en',
  },
  /** Harvard DCE's workflows, and whoever built theirs on them. */
  harvard: {
    request: 'one-request',
    published: ['multipart/chunked+source', 'presentation/chunked+source', 'other/chunked+source'],
    archived: {
      active_speaker: 'speaker/chunked+source',
      shared_screen: 'shared-screen/chunked+source',
      gallery_view: 'gallery/chunked+source',
      shared_screen_with_gallery_view: 'shared-screen-gallery/chunked+source',
      shared_screen_with_speaker_view: 'shared-screen-speaker/chunked+source',
    },
    audio: 'multipart/chunked+source',
    trackTags: [],
    captions: null,
    chat: { flavor: 'chat/chunked+source', tags: [], as: 'property' },
    archiveOthers: false,
    properties: { meetingStart: 'zoomMeetingStart', recordingTimes: 'zoomRecordingTimes' },
    typeCodes: true,
    period: false,
    seriesCatalog: true,
    license: 'Creative Commons 3.0: Attribution-NonCommercial-NoDerivs',
    language: 'en',
  },
} as const satisfies Record<string, IngestProfile>;

export type IngestProfileName = keyof typeof ingestProfiles;

/** A profile with single fields changed. */
export function changedProfile(
  name: IngestProfileName,
  changes: Partial<Record<keyof IngestProfile, unknown>> = {},
): IngestProfile {
  return ingestProfileSchema.parse({ ...ingestProfiles[name], ...changes });
}
