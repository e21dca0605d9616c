import { Failure } from '../../domain/failure.js';
import { grantedPath } from '../../domain/media-grant.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { UploadFile } from './multipart.js';
import type { ElementMedia } from './opencast.js';

/** How the bytes of stored objects come to Opencast. */
export interface MediaAccess {
  of(key: string, size: number): Promise<ElementMedia>;
  upload(key: string, size: number): UploadFile;
}

export interface MediaAccessOptions {
  readonly store: ObjectStore;
  readonly by: 'url' | 'upload';
  /** seconds that addresses are good */
  readonly expiresInSeconds: number;
  /** Start of the addresses of this server, for stores that sign none. */
  readonly publicUrl: () => string;
  /** Signs the paths of this server. */
  readonly secret: string;
}

export function mediaAccess({ store, by, expiresInSeconds, publicUrl, secret }: MediaAccessOptions): MediaAccess {
  const upload = (key: string, size: number): UploadFile => ({
    fileName: key.split('/').at(-1) ?? key,
    contentType: contentTypes[/\.(\w+)$/.exec(key)?.[1] ?? ''] ?? 'application/octet-stream',
    size,
    async *open() {
      const object = await store.get(key);
      if (object.size !== size)
        throw new Failure(
          'inventory_damaged',
          `The object "${key}" has ${object.size} bytes, it was stored with ${size}.`,
        );
      yield* object.body;
    },
  });

  return {
    upload,
    async of(key, size) {
      if (by === 'upload') return { kind: 'upload', file: upload(key, size) };
      const signed = await store.signedUrl(key, { expiresInSeconds });
      if (signed !== undefined) return { kind: 'url', url: signed };
      const expires = Math.ceil(Date.now() / 1000) + expiresInSeconds;
      const grant = { depth: key.split('/').length, expires };
      return { kind: 'url', url: `${publicUrl()}${grantedPath(key, grant, secret)}` };
    },
  };
}

const contentTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4a: 'audio/mp4',
  vtt: 'text/vtt',
  txt: 'text/plain',
  json: 'application/json',
};
