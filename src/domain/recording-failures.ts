/** Failures of the recordings line: Zoom, files of recordings, Opencast. Rows of the table in `failure.ts`, which says what the columns mean. */
export const recordingFailures = {
  zoom_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'Zoom does not answer',
    help: 'It is tried again by itself; see https://status.zoom.us if it stays so.',
  },
  zoom_rate_limited: {
    kind: 'passing',
    status: 503,
    title: "Zoom's rate limit is reached",
    help: 'It goes on by itself when Zoom allows; other apps of the account share the limit.',
  },
  zoom_unauthorized: {
    kind: 'permanent',
    status: 502,
    title: 'Zoom does not accept our credentials',
    help: 'Check ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, and that the app is activated.',
  },
  zoom_scope_missing: {
    kind: 'permanent',
    status: 502,
    title: 'The Zoom app may not do this',
    help: 'Add the named scopes to the app in the Zoom App Marketplace and activate it again.',
  },
  zoom_refused: {
    kind: 'permanent',
    status: 502,
    title: 'Zoom refuses the request',
    help: "Zoom's own words are in the message.",
  },
  recording_not_found: {
    kind: 'passing',
    status: 404,
    title: 'Zoom has no such recording',
    help: 'It may still be processed, or be in the trash: look at it in Zoom, and check the id.',
  },

  schedule_invalid: {
    kind: 'permanent',
    status: 422,
    title: 'The class schedule is not usable',
    help: 'Correct what the message names; the schedule that was there still counts.',
  },
  slack_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'Slack does not answer as expected',
    help: 'Ask again in a moment; if it stays so, check SLACK_API_TOKEN and its scope usergroups:read.',
  },
  sheets_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'Google Sheets does not answer',
    help: 'It is tried again by itself; the schedule that was there still counts.',
  },
  sheets_refused: {
    kind: 'permanent',
    status: 502,
    title: 'Google Sheets refuses',
    help: 'Share the spreadsheet with the service account, and check GSHEETS_DOC_ID and GSHEETS_SHEET_NAMES.',
  },

  opencast_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'Opencast does not answer',
    help: 'It is tried again by itself; check Opencast if it stays so.',
  },
  opencast_busy: {
    kind: 'passing',
    status: 503,
    title: 'Opencast has enough to do',
    help: 'It is tried again by itself; OC_TRACK_UPLOAD_MAX says how much is enough.',
  },
  opencast_forbidden: {
    kind: 'permanent',
    status: 502,
    title: 'Opencast does not let us in',
    help: 'Check OPENCAST_API_USER, OPENCAST_API_PASSWORD, OPENCAST_AUTH and the roles of that user, then retry the job.',
  },
  opencast_refused: {
    kind: 'permanent',
    status: 502,
    title: 'Opencast refuses the request',
    help: 'See what it says; mend it there or in the settings, then retry the job.',
  },
  opencast_series_unknown: {
    kind: 'permanent',
    status: 422,
    title: 'Opencast has no such series',
    help: 'Make the series in Opencast or correct the schedule, then retry the job.',
  },
  opencast_workflow_unknown: {
    kind: 'permanent',
    status: 422,
    title: 'Opencast has no such workflow',
    help: 'Correct DEFAULT_OC_WORKFLOW or the request, then retry the job.',
  },
  opencast_workflow_failed: {
    kind: 'permanent',
    status: 502,
    title: 'The workflow in Opencast failed',
    help: 'Look at the event in Opencast and mend it there; retry the job to follow it again.',
  },
  recording_ignored: {
    kind: 'permanent',
    status: 409,
    title: 'Nothing is to be done with the recording',
    help: 'The message says why: name a series, or allow one more event of what Opencast has.',
  },
  recording_not_ready: {
    kind: 'passing',
    status: 503,
    title: 'Zoom has not finished the recording',
    help: 'It is looked at again by itself.',
  },
  recording_file_damaged: {
    kind: 'passing',
    status: 502,
    title: 'A file of the recording does not arrive whole',
    help: 'It is fetched again by itself; look at the recording in Zoom if it stays so.',
  },
  recording_incomplete: {
    kind: 'permanent',
    status: 422,
    title: 'Files of the recording are missing',
    help: 'Retry the job when Zoom has them, or set INCOMPLETE_RECORDINGS=ingest to take what there is.',
  },
  recording_without_media: {
    kind: 'permanent',
    status: 422,
    title: 'The recording has nothing to see or to hear',
    help: 'Look at the recording in Zoom; retry the job when it has media.',
  },
} as const;
