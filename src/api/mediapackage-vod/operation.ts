import type { Json } from './wire.js';

/** What an operation of MediaPackage VOD's API gets of its request. */
export interface Operation {
  readonly body: Uint8Array;
  /** The id or ARN in the path; empty where there is none. */
  readonly id: string;
  readonly query: URLSearchParams;
}

/** What the service answers to it, in PascalCase; undefined: no content. @throws ServiceError, Failure */
export type Run = (operation: Operation) => Promise<Json | undefined>;
