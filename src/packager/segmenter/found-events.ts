import { PackagerError } from '../errors.js';
import { bytesOf } from '../isobmff/box-reader.js';
import type { FragmentedTrack } from '../isobmff/fragments.js';
import { type FoundMessage, parseEmsg } from '../isobmff/read-emsg.js';
import { type BoxWindow, type TopLevelBox, wholeBox, within } from './box-window.js';
import { earliestTimes, type SampleCounts, sampleCounts } from './earliest-times.js';
import type { IndexLimits } from './limits.js';

/** An event message with what its time may count from. */
export interface FoundEvent {
  /** `unknown`: of a version that is not known. */
  readonly message: FoundMessage | 'unknown';
  /** Of the segment that it is in: when each track's first sample in it is presented (earliestTimes). */
  readonly earliest: ReadonlyMap<number, number>;
}

/** How much may be kept of the event messages of a rendition. */
export class EventBudget {
  readonly #limits: IndexLimits;
  #count = 0;
  #bytes = 0;

  constructor(limits: IndexLimits) {
    this.#limits = limits;
  }

  /** Before it is read. @throws PackagerError source_too_large */
  take(size: number, uri: string): void {
    const { maximumEvents, maximumEventBytes } = this.#limits;
    this.#count += 1;
    this.#bytes += size;
    if (this.#count > maximumEvents)
      throw new PackagerError('source_too_large', `more than ${maximumEvents} event messages (maximumEvents)`, { uri });
    if (this.#bytes > maximumEventBytes)
      throw new PackagerError(
        'source_too_large',
        `event messages of more than ${maximumEventBytes} bytes (maximumEventBytes)`,
        { uri },
      );
  }
}

/** Reads an `emsg` box at the top of a resource. @throws PackagerError naming the byte of what is wrong */
export async function readMessage(
  window: BoxWindow,
  header: TopLevelBox,
  budget: EventBudget,
): Promise<FoundEvent['message']> {
  const { uri } = window.resource;
  const size = header.end - header.offset;
  budget.take(size, uri);
  const box = await wholeBox(window, header, { limit: size, name: 'maximumEventBytes' });
  return within(uri, header.offset, () => parseEmsg(bytesOf(box)) ?? 'unknown');
}

type Tracks = ReadonlyMap<number, FragmentedTrack>;

/** The event messages of one file. Its segments begin with `styp`; in a file without any, each fragment is one with what stands before it. */
export class FileEvents {
  readonly found: FoundEvent[] = [];
  #inSegment: FoundEvent['message'][] = [];
  /** Samples before the segment. */
  #before: SampleCounts | undefined;
  #hasTypes = false;

  add(message: FoundEvent['message'], tracks: Tracks): void {
    this.#before ??= sampleCounts(tracks);
    this.#inSegment.push(message);
  }

  /** At `styp`. */
  beginSegment(tracks: Tracks): void {
    this.endSegment(tracks);
    this.#hasTypes = true;
    this.#before = sampleCounts(tracks);
  }

  /** After the samples of a fragment were added. */
  endFragment(tracks: Tracks): void {
    if (!this.#hasTypes) this.endSegment(tracks);
  }

  /** Also at the end of the file. */
  endSegment(tracks: Tracks): void {
    if (this.#before && this.#inSegment.length > 0) {
      const earliest = earliestTimes(tracks, this.#before);
      for (const message of this.#inSegment) this.found.push({ message, earliest });
    }
    this.#inSegment = [];
    this.#before = undefined;
  }
}
