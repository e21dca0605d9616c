import { Failure } from '../domain/failure.js';
import type { BackOff } from '../net/back-off.js';
import type { HttpClient } from '../net/request.js';
import type { ObjectStore } from '../storage/object-store.js';
import { digestLike } from './digest.js';
import type { HostPattern } from './download-hosts.js';
import type { FileLocation } from './download-response.js';
import { contentKind } from './file-content.js';
import { damaged, resumingBody } from './resuming-body.js';

/** Reads a container's facts. Given by who knows containers. @throws Error that says what is wrong with the file */
export type ProbeMedia = (media: ProbedMedia) => Promise<{ readonly durationMs: number | undefined }>;

export interface ProbedMedia {
  /** bytes */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly hosts: readonly HostPattern[];
  readonly store: ObjectStore;
  readonly probe: ProbeMedia;
  /** Of hiccups; default 5 tries without progress, from a second on. */
  readonly backOff?: BackOff;
}

export interface DownloadRequest {
  /** For messages: no address, no token. */
  readonly name: string;
  /** Zoom's file type */
  readonly fileType: string;
  /** Where it goes. What lies there already and is whole is not fetched again. */
  readonly key: string;
  /** bytes, where Zoom has said; what it says with the location counts more */
  readonly size: number | undefined;
  /** Asked at each attempt, so that an address or token that has expired is replaced. */
  readonly locate: (signal: AbortSignal | undefined) => Promise<FileLocation>;
  readonly signal?: AbortSignal;
  /** bytes so far */
  readonly report?: (bytes: number) => void;
}

export interface Downloaded {
  readonly key: string;
  /** bytes */
  readonly size: number;
  readonly digest: `sha256:${string}`;
  readonly durationMs?: number;
}

const defaultBackOff: BackOff = { tries: 5, firstDelay: 1000, longestDelay: 30_000 };

/**
 * Brings files of recordings into the storage: whole, digested and looked into, or not at all. Bytes stream; a broken connection is gone on
 * with where it broke.
 * @throws Failure recording_file_damaged, source_unavailable (passing); source_not_found, source_forbidden, url_refused; those of the storage
 */
export function downloader(options: DownloadOptions): (request: DownloadRequest) => Promise<Downloaded> {
  const { store, probe, backOff = defaultBackOff } = options;

  async function durationOf(key: string, size: number): Promise<number | undefined> {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { body } = await store.get(key, { range: { start: offset, end: offset + length - 1 } });
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      return Buffer.concat(pieces);
    };
    return (await probe({ size, read })).durationMs;
  }

  async function checked(request: DownloadRequest, found: Omit<Downloaded, 'durationMs'>): Promise<Downloaded> {
    if (contentKind(request.fileType) !== 'media') return found;
    try {
      const durationMs = await durationOf(found.key, found.size);
      return { ...found, ...(durationMs !== undefined && { durationMs }) };
    } catch (error) {
      if (error instanceof Failure) throw error;
      await store.remove(found.key);
      throw damaged(request, `its container cannot be read (${error instanceof Error ? error.message : 'unknown'})`);
    }
  }

  /** What an earlier attempt has stored: names are of one file for ever, and an object appears whole. */
  async function stored(request: DownloadRequest): Promise<Downloaded | undefined> {
    const { key, size } = request;
    const object = await store.head(key);
    if (!object || (size !== undefined && object.size !== size)) return undefined;
    const { body } = await store.get(key, request.signal && { signal: request.signal });
    const digest = (await digestLike('sha256:', body)) as Downloaded['digest'];
    return checked(request, { key, size: object.size, digest });
  }

  return async (request) => {
    const earlier = await stored(request);
    if (earlier) return earlier;
    const body = resumingBody({ ...options, backOff }, request);
    // Zoom may have deleted it when the power is back.
    const kept = { durable: true, ...(request.signal && { signal: request.signal }) };
    const { size } = await store.put(request.key, body.bytes(), kept);
    return checked(request, { key: request.key, size, digest: body.digest() });
  };
}
