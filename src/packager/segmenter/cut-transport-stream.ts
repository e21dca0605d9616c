import { PackagerError } from '../errors.js';
import { packetSize } from '../mpegts/packet.js';
import { selectStreams } from '../mpegts/program.js';
import { CutPointFinder } from './cut-points.js';
import { type PeriodReading, wantedStream } from './period-source.js';
import { readProgram } from './segment-head.js';
import type { SourceRendition, SourceSegment } from './source-rendition.js';

/** Read at once: some MiB, a whole number of packets. */
const chunkBytes = packetSize * 22_310;

/**
 * Cuts a single transport stream into segments at pictures that need no earlier one. Reads all of it once, a chunk at a time.
 * @param target seconds @throws PackagerError
 */
export async function cutTransportStream(
  uri: string,
  target: number,
  reading: PeriodReading,
): Promise<SourceRendition> {
  try {
    const whole: SourceSegment = { range: { uri }, number: 1, discontinuity: false };
    const program = await readProgram(whole, { ...reading, enough: { bytes: 0 } });
    const [leading] = selectStreams(program, reading.limits.maximumTracks).streams;
    if (!leading) throw new PackagerError('source_invalid', 'neither video nor audio');
    const finder = new CutPointFinder({
      leading: wantedStream(leading),
      target: Math.round(target * 90_000),
      limit: reading.limit,
    });
    const size = await readThrough(uri, reading, (chunk) => finder.add(chunk));
    const points = finder.finish();
    if (points.length > reading.limits.maximumSegments) {
      const { maximumSegments } = reading.limits;
      throw new PackagerError('source_too_large', `${points.length} segments; maximumSegments is ${maximumSegments}`);
    }
    const segments = points.map(({ offset, discontinuity }, index) => ({
      range: { uri, offset, length: (points[index + 1]?.offset ?? size) - offset },
      number: index + 1,
      discontinuity,
      program,
    }));
    return { id: 'r1', uri, segments };
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ uri }) : error;
  }
}

/** @returns bytes of the resource */
async function readThrough(
  uri: string,
  { reader, signal }: PeriodReading,
  add: (chunk: Uint8Array) => void,
): Promise<number> {
  for (let offset = 0; ;) {
    const chunk = await reader.readSome({ uri }, offset, chunkBytes, signal && { signal });
    add(chunk);
    offset += chunk.length;
    if (chunk.length === chunkBytes) continue;
    const rest = offset % packetSize;
    if (rest === 0) return offset;
    throw new PackagerError(
      'source_invalid',
      `truncated: it ends inside a packet, with ${rest} of ${packetSize} bytes`,
      {
        byteOffset: offset - rest,
      },
    );
  }
}
