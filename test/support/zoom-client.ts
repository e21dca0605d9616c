import { rateLimit } from '../../src/net/rate-limit.js';
import { httpClient } from '../../src/net/request.js';
import { trusting } from '../../src/net/safe-url.js';
import { accessTokens } from '../../src/source/zoom/access-token.js';
import { zoomApi } from '../../src/source/zoom/zoom-api.js';
import { zoomClient, type ZoomClient } from '../../src/source/zoom/zoom-client.js';
import type { ZoomServer } from './zoom-server.js';

/** The client that a server-to-server app has of the stand-in, without long waits. */
export function zoomClientOf(zoom: ZoomServer): ZoomClient {
  const http = httpClient({ policy: trusting(zoom.origin, { privateHosts: [] }) });
  const credentials = { kind: 'server-to-server', ...zoom.account } as const;
  const authorization = accessTokens({ credentials, oauthUrl: zoom.oauthUrl, http });
  const backOff = { tries: 3, firstDelay: 1, longestDelay: 50 };
  return zoomClient({
    api: zoomApi({ baseUrl: zoom.apiBaseUrl, http, authorization, rate: rateLimit({ perSecond: 1000 }), backOff }),
  });
}
