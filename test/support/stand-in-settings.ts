import type { OpencastServer } from './opencast-server.js';
import type { ZoomServer } from './zoom-server.js';

/** Settings of a Reelway that stands between the two. No sweep: what is ingested is each test's business. */
export function standInSettings(
  zoom: ZoomServer,
  opencast: Pick<OpencastServer, 'origin' | 'credentials'>,
): Record<string, string> {
  return {
    REELWAY_PRIVATE_HOSTS: '127.0.0.1',
    ZOOM_API_BASE_URL: zoom.apiBaseUrl,
    ZOOM_OAUTH_URL: zoom.oauthUrl,
    ZOOM_ACCOUNT_ID: zoom.account.accountId,
    ZOOM_CLIENT_ID: zoom.account.clientId,
    ZOOM_CLIENT_SECRET: zoom.account.clientSecret,
    ZOOM_REQUESTS_PER_SECOND: '80',
    ZOOM_SWEEP_MINUTES: '0',
    ZOOM_DOWNLOAD_HOSTS: `${new URL(zoom.origin).host} ${new URL(zoom.mediaOrigin).host}`,
    OPENCAST_BASE_URL: opencast.origin,
    OPENCAST_API_USER: opencast.credentials.user,
    OPENCAST_API_PASSWORD: opencast.credentials.password,
  };
}
