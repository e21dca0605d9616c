import { Failure } from '../../domain/failure.js';
import { isGranted } from '../../domain/media-grant.js';
import type { ObjectStore, StoredObject } from '../../storage/object-store.js';
import { authenticate, type Doors } from '../authenticate.js';
import type { ApiServer } from '../http-types.js';
import { answerObject } from '../object-answer.js';

export interface StoredMedia {
  /** The storage of the settings. */
  readonly store: ObjectStore;
  /** Signs paths, see `media-grant`. */
  readonly secret: string;
}

/**
 * `/media/<grant>/<key>`: objects of the storage for those whom we have signed a path, Opencast before all; and `/media/<key>` for those with a
 * token. The grant is a permission, so it is not logged. What is Reelway's own (`.reelway/`) is not there.
 */
export function mediaRoutes(app: ApiServer, media: StoredMedia, doors: Doors): void {
  const guard = authenticate(doors);

  app.route<{ Params: { '*': string } }>({
    logLevel: 'warn',
    schema: { hide: true },
    method: ['GET', 'HEAD'],
    url: '/media/*',
    handler: async (request, reply) => {
      const path = request.params['*'];
      const [, grant, granted] = /^(\d+\.\d+\.[0-9a-f]+)\/(.+)$/s.exec(path) ?? [];
      if (grant === undefined) await guard(request);
      else if (granted === undefined || !isGranted(grant, granted, media.secret))
        throw new Failure('forbidden', 'The address is not signed by this server, or its time is over.');
      const object = await findObject(media.store, granted ?? path);
      return answerObject(request, reply, { store: media.store, object, cacheControl: 'private, no-store' });
    },
  });
}

async function findObject(store: ObjectStore, key: string): Promise<StoredObject> {
  const hidden = key.split('/').some((part) => part === '' || part.startsWith('.'));
  const object = hidden
    ? undefined
    : await store.head(key).catch((error: unknown) => {
        // A name that no object can have is a name that is not there.
        if (error instanceof Failure && error.code === 'invalid_request') return undefined;
        throw error;
      });
  if (!object) throw new Failure('not_found', 'There is no such object.');
  return object;
}
