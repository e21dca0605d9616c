import { CaptionFinder } from '../codec/captions/caption-finder.js';
import { holdsBytes } from '../bits/holds-bytes.js';
import { startCodeFinder } from '../codec/annexb.js';
import type { NalCodec } from '../codec/nal-codec.js';
import { PackagerError } from '../errors.js';
import type { AssetIndex } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import { extractElementaryStreams } from '../mpegts/elementary-stream.js';
import { packetSize } from '../mpegts/packet.js';

/** Heads that are looked at, of one rendition. */
export const searchedHeads = 64;
/** bytes of each: a few pictures */
export const searchedBytes = 512 * packetSize;
/** `GA94`: without it there are no captions, whatever is around it; packets seldom cut it through. */
const captionIdentifier = Uint8Array.of(0x47, 0x41, 0x39, 0x34);
/** Pictures that are looked at of a segment that is read whole. */
const searchedPictures = 600;

/**
 * Looks for captions in pictures. Of transport streams they are read anyway: the heads of some segments, and a last segment. It costs a few
 * milliseconds of a long source, and may miss captions that are rare. What is read of MP4s for it: searchMovie.
 */
export class CaptionSearch {
  readonly #finder = new CaptionFinder();

  /** @param index of the segment among `count` */
  wants(index: number, count: number): boolean {
    return index % Math.ceil(count / searchedHeads) === 0;
  }

  /** The head of a segment of a transport stream. */
  addHead(bytes: Uint8Array, pid: number, codec: NalCodec): void {
    const head = bytes.subarray(0, searchedBytes);
    if (!holdsBytes(head, captionIdentifier)) return;
    const data = elementaryStream(head, pid);
    const find = startCodeFinder(data);
    for (let at = find(0); at >= 0;) {
      const next = find(at + 3);
      this.#finder.add(data.subarray(at + 3, next < 0 ? data.length : next), codec);
      at = next;
    }
  }

  /** Pictures whose NAL units stand after their lengths, of four bytes: a length may be alone in its view, a unit is whole in one. */
  addSamples({ data, sizes }: Samples, codec: NalCodec): void {
    let left = sizes.slice(0, searchedPictures).reduce((sum, size) => sum + size, 0);
    let length: number | undefined;
    for (const view of data) {
      if (left <= 0) return;
      left -= view.length;
      const numbers = new DataView(view.buffer, view.byteOffset, view.length);
      for (let at = 0; at + 4 <= view.length;) {
        if (length === undefined) {
          length = numbers.getUint32(at);
          at += 4;
          continue;
        }
        this.#finder.add(view.subarray(at, at + length), codec);
        at += length;
        length = undefined;
      }
    }
  }

  /**
   * A picture of an MP4, or as much of its beginning as was read: NAL units that are whole in it.
   * @param lengthSize bytes of the length before each
   */
  addPicture(bytes: Uint8Array, codec: NalCodec, lengthSize: 1 | 2 | 4): void {
    for (let at = 0; at + lengthSize <= bytes.length;) {
      let length = 0;
      for (const end = at + lengthSize; at < end; at += 1) length = length * 256 + (bytes[at] as number);
      if (at + length > bytes.length) return;
      this.#finder.add(bytes.subarray(at, at + length), codec);
      at += length;
    }
  }

  /** As a playlist would announce them; undefined when there are none. */
  get captions(): AssetIndex['captions'] {
    const { found } = this.#finder;
    if (found.length === 0) return undefined;
    return found.map((instreamId) => ({ instreamId, name: instreamId, default: false, autoselect: false }));
  }
}

/** Damage is told by those who look for the first picture. */
function elementaryStream(bytes: Uint8Array, pid: number): Uint8Array {
  try {
    return extractElementaryStreams(bytes, [pid], { base: 0, keep: true, partial: true })[0]?.data ?? new Uint8Array();
  } catch (error) {
    if (error instanceof PackagerError) return new Uint8Array();
    throw error;
  }
}
