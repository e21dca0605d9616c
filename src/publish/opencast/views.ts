import type { RecordingFile } from '../../domain/recording.js';

/** What a media file of a recording shows, by Zoom's `recording_type` with its variants taken together. */
export type View =
  | 'active_speaker'
  | 'shared_screen'
  | 'gallery_view'
  | 'shared_screen_with_gallery_view'
  | 'shared_screen_with_speaker_view';

export const archiveOrder: readonly View[] = [
  'active_speaker',
  'shared_screen',
  'gallery_view',
  'shared_screen_with_gallery_view',
  'shared_screen_with_speaker_view',
];

/** The view of an MP4, or undefined when its type is none that we know. Zoom says that the forms of its names vary, so parts of them decide. */
export function viewOf({ fileType, recordingType }: RecordingFile): View | undefined {
  if (fileType.toUpperCase() !== 'MP4') return undefined;
  const type = (recordingType ?? '').toLowerCase();
  const has = (word: string): boolean => type.includes(word);
  if (has('screen')) {
    if (has('speaker')) return 'shared_screen_with_speaker_view';
    return has('gallery') ? 'shared_screen_with_gallery_view' : 'shared_screen';
  }
  if (has('speaker')) return 'active_speaker';
  return has('gallery') ? 'gallery_view' : undefined;
}

/** How many views an event shows at most: presenter, presentation and one more. */
export const maxPublishedViews = 3;

/**
 * The views that are published, the presenter's first. A camera of the speaker is the best presenter, and the screen then goes beside it;
 * without one, the view that has both.
 */
export function publishedViews(available: ReadonlySet<View>): View[] {
  return orderFor(available)
    .filter((view) => available.has(view))
    .slice(0, maxPublishedViews);
}

function orderFor(available: ReadonlySet<View>): readonly View[] {
  if (available.has('active_speaker'))
    return [
      'active_speaker',
      'shared_screen',
      'gallery_view',
      'shared_screen_with_gallery_view',
      'shared_screen_with_speaker_view',
    ];
  if (available.has('shared_screen_with_speaker_view'))
    return ['shared_screen_with_speaker_view', 'shared_screen', 'shared_screen_with_gallery_view', 'gallery_view'];
  return ['shared_screen', 'shared_screen_with_gallery_view', 'gallery_view'];
}
