import type shaka from 'shaka-player';

/** The segments around the place that is played, of one kind of media. */
export interface SegmentList {
  readonly kind: 'video' | 'audio' | 'video and audio';
  /** of the whole track */
  readonly count: number;
  readonly rows: readonly Segment[];
}

export interface Segment {
  /** from 1 */
  readonly number: number;
  /** seconds */
  readonly start: number;
  readonly duration: number;
  /** the last two parts of its address, and its bytes where it is a part of a file */
  readonly name: string;
  readonly isPlaying: boolean;
  /** bytes and milliseconds that loading it took; undefined: it was not loaded */
  readonly loaded: { readonly bytes: number; readonly ms: number } | undefined;
}

/** segments before and after the one that is played */
const before = 2;
const after = 7;
/** loaded segments whose size is remembered */
const remembered = 5000;

export interface SegmentWatch {
  /** The segments of what is played now. */
  around(time: number): readonly SegmentList[];
}

/** Remembers what each segment weighed as it came, and says which are around the place that is played. */
export function watchSegments(library: typeof shaka, player: shaka.Player): SegmentWatch {
  const loaded = new Map<string, { bytes: number; ms: number }>();
  player.getNetworkingEngine()?.registerResponseFilter((type, response, context) => {
    if (type !== library.net.NetworkingEngine.RequestType.SEGMENT || !context?.segment) return;
    if (loaded.size >= remembered) loaded.delete(loaded.keys().next().value ?? '');
    loaded.set(keyOf(context.segment), { bytes: response.data.byteLength, ms: response.timeMs ?? 0 });
  });

  function listOf(stream: shaka.extern.Stream, kind: SegmentList['kind'], time: number): SegmentList | undefined {
    const index = stream.segmentIndex;
    const count = (index?.getNumReferences() ?? 0) as number;
    if (!index || count === 0) return undefined;
    // At the very end no segment is played any more: the last one was.
    const at = (index.find(time) as number | null) ?? count - 1;
    const rows: Segment[] = [];
    for (let position = Math.max(0, at - before); position <= at + after; position++) {
      const segment = index.get(position) as shaka.media.SegmentReference | null;
      if (!segment) continue;
      rows.push({
        number: position + 1,
        start: segment.getStartTime(),
        duration: segment.getEndTime() - segment.getStartTime(),
        name: nameOf(segment),
        isPlaying: position === at,
        loaded: loaded.get(keyOf(segment)),
      });
    }
    return { kind, count, rows };
  }

  return {
    around(time) {
      const active = player.getVariantTracks().find((track) => track.active)?.id;
      const variant = player.getManifest()?.variants.find(({ id }) => id === active);
      const lists = [
        variant?.video && listOf(variant.video, isMuxed(variant) ? 'video and audio' : 'video', time),
        variant?.audio && listOf(variant.audio, 'audio', time),
      ];
      return lists.filter((list) => list !== undefined && list !== null);
    },
  };
}

/** Picture and sound in the same segments. */
function isMuxed({ video, audio }: shaka.extern.Variant): boolean {
  return video !== null && audio === null && video.codecs.includes(',');
}

function keyOf(segment: shaka.media.SegmentReference): string {
  return `${segment.getUris()[0] ?? ''} ${segment.getStartByte()}`;
}

function nameOf(segment: shaka.media.SegmentReference): string {
  const address = (segment.getUris()[0] ?? '').replace(/[?#].*/s, '');
  const name = address.split('/').slice(-2).join('/');
  const end = segment.getEndByte();
  return end === null ? name : `${name}, bytes ${segment.getStartByte()} to ${end}`;
}
