/** Settings that are secrets: each has a secret of the stack. A test compares them with those that Reelway masks. */
export const secretSettings = [
  'REELWAY_API_TOKENS',
  'REELWAY_AWS_KEYS',
  'REELWAY_WEBHOOK_SECRETS',
  'WEBHOOK_VALIDATION_SECRET_TOKEN',
  'SCHEDULE_UPDATE_SECRET',
  'ZOOM_CLIENT_ID',
  'ZOOM_ACCOUNTS',
  'ZOOM_CLIENT_SECRET',
  'APIGEE_KEY',
  'SLACK_SIGNING_SECRET',
  'SLACK_API_TOKEN',
  'OIDC_CLIENT_SECRET',
  'OPENCAST_API_PASSWORD',
  'OPENCAST_TOKEN',
] as const;

/** Settings of which the stack knows the value. */
export const stackSettings = [
  'DATABASE_URL',
  'REELWAY_STORAGE',
  'REELWAY_PUBLIC_URL',
  'REELWAY_NOTIFY',
  'REELWAY_DRAIN_SECONDS',
  'REELWAY_DATA_DIR',
  'REELWAY_SOURCE_ROLES',
] as const;
