const fileWords: Readonly<Record<string, string>> = {
  shared_screen: 'Shared screen',
  active_speaker: 'Active speaker',
  gallery_view: 'Gallery',
  shared_screen_with_speaker_view: 'Shared screen with speaker',
  shared_screen_with_gallery_view: 'Shared screen with gallery',
  audio_only: 'Sound only',
  audio_transcript: 'Transcript',
  closed_caption: 'Closed captions',
  chat_file: 'Chat',
  timeline: 'Timeline',
};

export function fileText({ recordingType, fileType }: { recordingType: string | null; fileType: string }): string {
  if (recordingType === null) return fileType;
  return fileWords[recordingType] ?? recordingType.replaceAll('_', ' ');
}
