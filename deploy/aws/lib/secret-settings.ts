/** Settings that are secrets: keys of the stack's secret. A test compares them with those that Reelway masks. */
export const secretSettings = [
  'REELWAY_API_TOKENS',
  'WEBHOOK_VALIDATION_SECRET_TOKEN',
  'ZOOM_CLIENT_ID',
  'ZOOM_CLIENT_SECRET',
  'OPENCAST_API_PASSWORD',
  'SLACK_SIGNING_SECRET',
  'SLACK_API_TOKEN',
] as const;
