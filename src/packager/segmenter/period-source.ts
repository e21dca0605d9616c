import { PackagerError } from '../errors.js';
import type { SelectedStreams } from '../mpegts/program.js';
import type { ProgramMap } from '../mpegts/psi.js';
import type { CaptionReading } from './search-movie.js';
import type { CaptionSearch } from './caption-search.js';
import type { EventBudget } from './found-events.js';
import type { IndexLimits } from './limits.js';
import { type HeadReading, readSegmentContent, readSegmentHead, type SegmentHead } from './segment-head.js';
import type { WantedStream } from './track-head.js';
import type { SourceRendition, SourceSegment } from './source-rendition.js';

/** One period of transport streams or of packed audio, as far as the heads of its segments tell. */
export interface StreamPeriod {
  readonly format: 'stream';
  readonly packed?: true;
  readonly streams: SelectedStreams['streams'];
  readonly metadata: SelectedStreams['metadata'];
  readonly leftOut: readonly string[];
  readonly segments: readonly SourceSegment[];
  readonly heads: readonly SegmentHead[];
}

export interface PeriodReading extends Omit<HeadReading, 'enough' | 'look'>, CaptionReading {
  readonly limits: IndexLimits;
  /** Of the rendition that is read. */
  readonly events?: EventBudget;
}

/**
 * Reads the heads of all segments of these periods; the program map is that of each period's first segment.
 * @throws PackagerError
 */
export async function readStreams(
  rendition: SourceRendition,
  groups: readonly (readonly SourceSegment[])[],
  options: PeriodReading,
): Promise<StreamPeriod[]> {
  const reading = { ...options, enough: { bytes: 0 } };
  const programs = await reading.run(groups, ([first]) =>
    located(rendition, first as SourceSegment, () =>
      readSegmentContent(first as SourceSegment, reading, reading.limits.maximumTracks),
    ),
  );
  const tasks = groups.flatMap((segments, period) =>
    segments.map((segment, index) => ({
      segment,
      selected: programs[period] as Selected,
      isFirst: index === 0,
    })),
  );
  const heads = await reading.run(tasks, ({ segment, selected, isFirst }, index) =>
    located(rendition, segment, () => {
      const look = options.captions?.wants(index, tasks.length) ? searchIn(selected, options.captions) : undefined;
      return readHead(segment, selected, { ...reading, look, randomAccess: isFirst });
    }),
  );
  let done = 0;
  return groups.map((segments, period) => {
    const { streams, metadata, leftOut, packed } = programs[period] as Selected;
    done += segments.length;
    const rest = { leftOut, segments, heads: heads.slice(done - segments.length, done) };
    return { format: 'stream', ...(packed && { packed }), streams, metadata, ...rest };
  });
}

function searchIn({ streams: [first] }: SelectedStreams, captions: CaptionSearch): HeadReading['look'] {
  if (first?.content.kind !== 'video') return undefined;
  const { pid, content } = first;
  return (bytes) => captions.addHead(bytes, pid, content.codec);
}

type Selected = SelectedStreams & { readonly packed?: true };

/** What is looked for in heads. */
export function wantedStream({ pid, content }: SelectedStreams['streams'][number]): WantedStream {
  const { kind } = content;
  return { pid, kind, ...(kind === 'video' ? { codec: content.codec } : { framing: content.framing }) };
}

async function readHead(
  segment: SourceSegment,
  { streams, packed }: Selected,
  reading: HeadReading & { readonly randomAccess: boolean },
): Promise<SegmentHead> {
  const wanted = streams.map(wantedStream);
  const head = await readSegmentHead(segment, wanted, { ...reading, ...(packed && { packed }) });
  if (head.program) checkSameStreams(head.program, streams);
  return head;
}

/** RFC 8216 §4.3.2.3: tracks may only change their number, type or identifiers at a discontinuity. */
function checkSameStreams(program: ProgramMap, streams: SelectedStreams['streams']): void {
  const describe = (list: readonly { pid: number; content: { name: string } }[]) =>
    list
      .map(({ pid, content }) => `${pid} ${content.name}`)
      .sort()
      .join(', ');
  const packaged = program.streams.filter(({ content }) => content.kind === 'video' || content.kind === 'audio');
  if (describe(packaged) === describe(streams)) return;
  throw new PackagerError(
    'source_invalid',
    `the program changes without EXT-X-DISCONTINUITY: it was ${describe(streams)}, and is ${describe(packaged)}`,
  );
}

/** Names the place in errors of the packager; those of the reader name the URI by themselves. */
export async function located<T>(
  rendition: { id: string },
  { range, number }: SourceSegment,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PackagerError)) throw error;
    const { encryption } = range;
    // What a wrong key gives is noise, which is called all sorts of things.
    const told = encryption
      ? new PackagerError(
          error.code,
          `${error.reason}; it was deciphered with the key ${encryption.key.replace(/[?#].*/s, '')}: is that, and its IV, the right one?`,
          error.location,
          { cause: error },
        )
      : error;
    throw told.at({ uri: range.uri, rendition: rendition.id, segment: number });
  }
}
