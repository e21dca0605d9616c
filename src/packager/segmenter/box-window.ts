import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { readBoxes, type ReadBox } from '../isobmff/box-reader.js';
import type { SourceReader, SourceResource } from '../model/source-reader.js';

export interface TopLevelBox {
  readonly type: string;
  readonly offset: number;
  readonly end: number;
}

/** The box that begins at an offset of what the window shows. @throws PackagerError */
export async function topLevelBox(window: BoxWindow, offset: number): Promise<TopLevelBox> {
  const bytes = await window.bytes(offset, Math.min(16, window.end - offset));
  if (bytes.length < 8)
    throw invalid(window.resource.uri, offset, `truncated: a box needs 8 bytes, ${bytes.length} left`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = String.fromCharCode(...bytes.subarray(4, 8));
  const said = view.getUint32(0);
  const long = said === 1 && bytes.length >= 16;
  const length = said === 0 ? window.end - offset : long ? Number(view.getBigUint64(8)) : said;
  if (length < (said === 1 ? 16 : 8))
    throw invalid(
      window.resource.uri,
      offset,
      `box ${JSON.stringify(type)} of ${length} bytes: not an MP4, or damaged`,
    );
  if (offset + length > window.end)
    throw invalid(
      window.resource.uri,
      offset,
      `truncated: box ${JSON.stringify(type)} has ${length} bytes, ${window.end - offset} are there`,
    );
  return { type, offset, end: offset + length };
}

/** All of a box, read. @throws PackagerError when it is larger than the limit of that name */
export async function wholeBox(
  window: BoxWindow,
  { offset, end, type }: TopLevelBox,
  { limit, name }: { limit: number; name: string },
): Promise<ReadBox> {
  if (end - offset > limit)
    throw new PackagerError('source_too_large', `${type} of ${end - offset} bytes; ${name} is ${limit}`, {
      uri: window.resource.uri,
    });
  const bytes = await window.bytes(offset, end - offset);
  const [box] = within(window.resource.uri, offset, () => readBoxes(bytes));
  if (!box) throw new Error('a box that was found is read');
  return box;
}

/** Where bytes are wrong in the resource; what the parsers know is the place in the box. */
export function within<T>(uri: string, byteOffset: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PackagerError) throw error.at({ uri, byteOffset });
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', error.message, { uri, byteOffset });
  }
}

export function invalid(uri: string, byteOffset: number, reason: string): PackagerError {
  return new PackagerError('source_invalid', reason, { uri, byteOffset });
}

/** Headers stand apart by whole chunks or fragments, so that little is read in vain. */
const usualWindow = 64 * 1024;

export interface WindowOptions {
  /** Where what it shows ends, bytes: the resource, or a range of it. */
  readonly end: number;
  /** What was read of it already, and where that begins. */
  readonly bytes?: Uint8Array;
  readonly offset?: number;
  /** Bytes that are read at least. */
  readonly least?: number;
}

export interface BoxReading {
  readonly reader: SourceReader;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of a resource, read in stretches of at least a window. */
export class BoxWindow {
  readonly resource: SourceResource;
  readonly end: number;
  readonly #reading: BoxReading;
  readonly #least: number;
  #offset: number;
  #bytes: Uint8Array;

  constructor(
    resource: SourceResource,
    reading: BoxReading,
    { end, bytes = new Uint8Array(0), offset = 0, least = usualWindow }: WindowOptions,
  ) {
    this.resource = resource;
    this.end = end;
    this.#reading = reading;
    this.#least = least;
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** A view of memory that is not used again. @throws PackagerError when the resource became shorter */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#offset;
    if (from >= 0 && from + length <= this.#bytes.length) return this.#bytes.subarray(from, from + length);
    const wanted = Math.min(Math.max(length, this.#least), this.end - offset);
    const { reader, signal } = this.#reading;
    this.#bytes = await reader.readSome(this.resource, offset, wanted, signal && { signal });
    this.#offset = offset;
    if (this.#bytes.length < length)
      throw new PackagerError('source_changed', `the file became shorter while it was read`, {
        uri: this.resource.uri,
        byteOffset: offset,
      });
    return this.#bytes.subarray(0, length);
  }
}
