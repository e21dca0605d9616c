/** Where the API has a recording: a uuid may hold slashes. */
export function recordingPath(uuid: string): string {
  return `/api/recordings/${encodeURIComponent(uuid)}`;
}
