import { PackagerError } from '../errors.js';
import type { ReadBox } from '../isobmff/box-reader.js';
import type { SourceRange } from '../model/source-reader.js';
import { sniffContent } from '../mpegts/sniff.js';
import { type BoxReading, BoxWindow, invalid, topLevelBox, wholeBox } from './box-window.js';
import { type EventBudget, type FoundEvent, readMessage } from './found-events.js';
import type { IndexLimits } from './limits.js';

/** What a segment of fragmented MP4 says of its samples. */
export interface FragmentHeaders {
  /** `moof` boxes, and where each is in the resource. */
  readonly fragments: readonly { readonly moof: ReadBox; readonly position: number }[];
  /** Where the segment ends in the resource, bytes. */
  readonly end: number;
  /** Event messages (`emsg`). */
  readonly messages: readonly FoundEvent['message'][];
}

export interface FragmentReading extends BoxReading {
  readonly limits: IndexLimits;
  readonly events: EventBudget;
}

/** Holds the header of nearly all fragments; what lies between them is passed over. */
const windowBytes = 16 * 1024;

/**
 * Reads the headers of a segment's movie fragments, ISO/IEC 14496-12 §8.8, and its events; of the media themselves nothing.
 * @throws PackagerError naming the byte of what is wrong
 */
export async function readFragmentHeaders(range: SourceRange, reading: FragmentReading): Promise<FragmentHeaders> {
  const { uri, offset = 0 } = range;
  const { limits } = reading;
  const { window, end } = await openWindow(range, reading);
  const fragments: { moof: ReadBox; position: number }[] = [];
  const messages: FoundEvent['message'][] = [];
  let boxes = 0;
  for (let at = offset; at < end;) {
    if (++boxes > limits.maximumTopLevelBoxes)
      throw new PackagerError(
        'source_too_large',
        `more than ${limits.maximumTopLevelBoxes} boxes (maximumTopLevelBoxes)`,
        {
          uri,
        },
      );
    const header = await topLevelBox(window, at);
    if (header.type === 'moof') {
      const limit = { limit: limits.maximumFragmentHeaderBytes, name: 'maximumFragmentHeaderBytes' };
      fragments.push({ moof: await wholeBox(window, header, limit), position: at });
    }
    if (header.type === 'emsg') messages.push(await readMessage(window, header, reading.events));
    at = header.end;
  }
  if (fragments.length === 0) throw invalid(uri, offset, 'no movie fragment (moof) in the segment');
  return { fragments, end, messages };
}

/** How long a resource is need not be asked when the first read shows its end, or the playlist says it. */
async function openWindow(range: SourceRange, reading: FragmentReading): Promise<{ window: BoxWindow; end: number }> {
  const { uri, offset = 0, length = Infinity } = range;
  const { reader, signal, limits } = reading;
  const asked = Math.min(windowBytes, length);
  const bytes = await reader.readSome(range, offset, asked, signal && { signal });
  const content = sniffContent(bytes);
  if (content !== 'MP4')
    throw invalid(
      uri,
      offset,
      `not a segment of fragmented MP4, as EXT-X-MAP says: ${content === 'unknown' ? 'something else' : content} was found`,
    );
  const end = bytes.length < asked ? offset + bytes.length : await endOf(range, reading);
  if (length !== Infinity && end < offset + length)
    throw invalid(uri, end, `the resource ends ${offset + length - end} bytes before the range of the segment does`);
  if (end - offset > limits.maximumSegmentBytes)
    throw new PackagerError(
      'source_too_large',
      `a segment is larger than maximumSegmentBytes, ${limits.maximumSegmentBytes}`,
      { uri },
    );
  return { window: new BoxWindow(range, reading, { end, bytes, offset, least: windowBytes }), end };
}

async function endOf(range: SourceRange, { reader, signal }: FragmentReading): Promise<number> {
  const { offset = 0, length } = range;
  const size = await reader.size(range, signal);
  return length === undefined ? size : Math.min(size, offset + length);
}
