import { Failure } from '../domain/failure.js';
import type { HttpClient } from '../net/request.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import type { ObjectStore } from '../storage/object-store.js';
import { fileSource } from './file-source.js';
import { httpSource } from './http-source.js';
import { storeSource } from './store-source.js';

/** Opens the reader of one source. It reads that source and what it may refer to, nothing else: each source has a reader of its own. */
export type OpenSource = (uri: string) => SourceReader;

export interface SourcePorts {
  /** The client for a source; its policy says which hosts may be private. */
  readonly http: (source: string) => HttpClient;
  /** Opens the bucket of an `s3://` source, as a store without a prefix. */
  readonly bucket: (name: string) => ObjectStore;
}

/**
 * By the kind of address: a path or `file://`, `https://` (`http://`), `s3://bucket/key`.
 * @throws Failure url_refused for any other kind
 */
export function sourceOpener({ http, bucket }: SourcePorts): OpenSource {
  return (uri) => {
    const [, scheme = 'file'] = /^([a-z][a-z0-9+.-]+):/i.exec(uri) ?? [];
    switch (scheme.toLowerCase()) {
      case 'file':
        return fileSource(uri);
      case 'http':
      case 'https':
        return httpSource(uri, { client: http(uri) });
      case 's3':
        return storeSource(uri, bucket);
      default:
        throw new Failure(
          'url_refused',
          `The source ${uri.slice(0, 200)} is not usable: a path, file://, https:// or s3:// is allowed.`,
          { details: { given: scheme } },
        );
    }
  };
}
