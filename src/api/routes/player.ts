import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import type { ApiServer } from '../http-types.js';
import {
  playerPage,
  playerPagePolicy,
  playerScript,
  playerStyle,
  type PlayableManifest,
} from '../pages/player-page.js';

const require = createRequire(import.meta.url);
const folder = '/demo';
const hidden = { logLevel: 'warn', schema: { hide: true } } as const;

/** `/demo`: a page that plays what there is, with the player from our own dependencies. Only the demo has it. */
export function playerRoutes(
  app: ApiServer,
  { manifests }: { manifests: () => Promise<readonly PlayableManifest[]> },
): void {
  app.get(folder, hidden, async (_, reply) =>
    reply
      .headers({
        'content-security-policy': playerPagePolicy,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
      .type('text/html; charset=utf-8')
      .send(playerPage(await manifests(), folder)),
  );

  app.get(`${folder}/player.css`, hidden, (_, reply) => reply.type('text/css; charset=utf-8').send(playerStyle));
  app.get(`${folder}/player.js`, hidden, (_, reply) => reply.type('text/javascript; charset=utf-8').send(playerScript));
  app.get(`${folder}/shaka-player.js`, hidden, (_, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .send(createReadStream(require.resolve('shaka-player/dist/shaka-player.compiled.js'))),
  );
}
