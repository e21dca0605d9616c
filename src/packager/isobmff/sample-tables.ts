import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { findBox, type ReadBox } from './box-reader.js';
import { needed } from './movie.js';
import { SampleColumns } from './sample-columns.js';

/**
 * The samples of a track that its sample table describes, ISO/IEC 14496-12 §8.6 and §8.7.
 * @param maximum samples of one track @param sparse a sample may last 0 ticks, as those of text may @throws MalformedError; PackagerError source_too_large, source_unsupported
 */
export function readSampleTables(stbl: ReadBox, maximum: number, { sparse = false } = {}): SampleColumns {
  const sizes = sampleSizes(stbl, maximum);
  const columns = new SampleColumns(sizes.length);
  columns.sizes = sizes;
  columns.count = sizes.length;
  if (sizes.length === 0) return columns;
  fillDurations(needed(stbl, 'stts'), columns, sparse);
  const offsets = findBox(stbl.children, 'ctts');
  if (offsets) fillCompositionOffsets(offsets, columns);
  fillPositions(stbl, columns);
  fillSync(findBox(stbl.children, 'stss'), columns);
  return columns;
}

/** §8.7.3: `stsz`, or `stz2` with sizes of 4, 8 or 16 bits. */
function sampleSizes(stbl: ReadBox, maximum: number): Uint32Array<ArrayBuffer> {
  const box = findBox(stbl.children, 'stsz') ?? needed(stbl, 'stz2');
  const { payload, type } = box;
  checkRoom(box, 12);
  const shared = type === 'stsz' ? payload.getUint32(4) : 0;
  const bits = type === 'stsz' ? 32 : payload.getUint8(7);
  const count = payload.getUint32(8);
  if (count > maximum)
    throw new PackagerError(
      'source_too_large',
      `${count} samples in one track; at most ${maximum} are allowed: maximumSamples, or one for each byte of the file`,
    );
  if (![4, 8, 16, 32].includes(bits)) throw malformed(box, `sizes of ${bits} bits; 4, 8 and 16 are allowed`);
  if (shared === 0) checkRoom(box, 12 + Math.ceil((count * bits) / 8));
  if (shared !== 0) return new Uint32Array(count).fill(shared);
  return Uint32Array.from({ length: count }, (_, index) => sizeAt(payload, bits, index));
}

function sizeAt(payload: DataView, bits: number, index: number): number {
  if (bits === 32) return payload.getUint32(12 + index * 4);
  if (bits === 16) return payload.getUint16(12 + index * 2);
  if (bits === 8) return payload.getUint8(12 + index);
  const pair = payload.getUint8(12 + (index >> 1));
  return index % 2 === 0 ? pair >> 4 : pair & 15;
}

/** §8.6.1.2: counts of samples with the same duration. A last sample of 0 lasts as long as the one before. */
function fillDurations(box: ReadBox, columns: SampleColumns, sparse: boolean): void {
  const { durations, count } = columns;
  forEachRun(box, count, (from, to, at) => durations.fill(box.payload.getUint32(at), from, to));
  if (durations[count - 1] === 0) durations[count - 1] = durations[count - 2] ?? 0;
  for (let index = 0; index < count; index += 1) {
    const duration = durations[index] as number;
    if (duration === 0 && !sparse) throw malformed(box, `sample ${index + 1} of ${count} lasts 0 ticks`);
    columns.duration += duration;
  }
}

/** §8.6.1.3. Version 0 is unsigned by the standard; many write negative numbers into it, and none needs half of 2^32 ticks. */
function fillCompositionOffsets(box: ReadBox, { compositionOffsets, count }: SampleColumns): void {
  forEachRun(box, count, (from, to, at) => compositionOffsets.fill(box.payload.getInt32(at), from, to));
}

/** Runs of a count and a value, until all samples have one. */
function forEachRun(box: ReadBox, count: number, take: (from: number, to: number, valueAt: number) => void): void {
  checkRoom(box, 8);
  const entries = box.payload.getUint32(4);
  checkRoom(box, 8 + entries * 8);
  let done = 0;
  for (let entry = 0; entry < entries && done < count; entry += 1) {
    const at = 8 + entry * 8;
    const end = Math.min(count, done + box.payload.getUint32(at));
    take(done, end, at + 4);
    done = end;
  }
  if (done < count) throw malformed(box, `it describes ${done} of ${count} samples`);
}

/** §8.7.4, §8.7.5: chunks of samples that lie one after the other, and where each chunk begins. */
function fillPositions(stbl: ReadBox, { positions, sizes, count }: SampleColumns): void {
  const runs = needed(stbl, 'stsc');
  const chunkOffset = chunkOffsets(stbl);
  checkRoom(runs, 8);
  const entries = runs.payload.getUint32(4);
  checkRoom(runs, 8 + entries * 12);
  let sample = 0;
  for (let entry = 0; entry < entries && sample < count; entry += 1) {
    const at = 8 + entry * 12;
    const [first, perChunk, description] = [0, 4, 8].map((field) => runs.payload.getUint32(at + field)) as [
      number,
      number,
      number,
    ];
    const next = entry + 1 < entries ? runs.payload.getUint32(at + 12) : chunkOffset.count + 1;
    if (entry === 0 && first !== 1) throw malformed(runs, `its first chunk is ${first}`);
    if (next <= first || perChunk === 0)
      throw malformed(runs, `entry ${entry + 1}: chunks ${first} to ${next - 1} of ${perChunk} samples`);
    if (description !== 1)
      throw new PackagerError(
        'source_unsupported',
        `sample ${sample + 1} uses sample description ${description}: the codec's configuration may not change within a track`,
      );
    for (let chunk = first; chunk < next && sample < count; chunk += 1) {
      if (chunk > chunkOffset.count) throw malformed(runs, `it names chunk ${chunk} of ${chunkOffset.count}`);
      let position = chunkOffset.at(chunk);
      for (const end = Math.min(count, sample + perChunk); sample < end; sample += 1) {
        positions[sample] = position;
        position += sizes[sample] as number;
      }
    }
  }
  if (sample < count) throw malformed(runs, `it places ${sample} of ${count} samples`);
}

interface ChunkOffsets {
  readonly count: number;
  /** @param chunk from 1 */
  readonly at: (chunk: number) => number;
}

function chunkOffsets(stbl: ReadBox): ChunkOffsets {
  const short = findBox(stbl.children, 'stco');
  const box = short ?? needed(stbl, 'co64');
  const { payload } = box;
  checkRoom(box, 8);
  const count = payload.getUint32(4);
  checkRoom(box, 8 + count * (short ? 4 : 8));
  if (short) return { count, at: (chunk) => payload.getUint32(4 + chunk * 4) };
  return { count, at: (chunk) => payload.getUint32(chunk * 8) * 0x1_0000_0000 + payload.getUint32(4 + chunk * 8) };
}

/** §8.6.2; without the box all samples are sync samples. */
function fillSync(box: ReadBox | undefined, { sync, count }: SampleColumns): void {
  if (!box) {
    sync.fill(1);
    return;
  }
  checkRoom(box, 8);
  const entries = box.payload.getUint32(4);
  checkRoom(box, 8 + entries * 4);
  for (let entry = 0; entry < entries; entry += 1) {
    const sample = box.payload.getUint32(8 + entry * 4);
    if (sample === 0 || sample > count) throw malformed(box, `it names sample ${sample} of ${count}`);
    sync[sample - 1] = 1;
  }
}

function checkRoom(box: ReadBox, bytes: number): void {
  if (box.payload.byteLength < bytes) throw malformed(box, `need ${bytes} bytes, ${box.payload.byteLength} there`);
}

function malformed({ type, offset }: ReadBox, problem: string): MalformedError {
  return new MalformedError(`${type}: ${problem}`, offset);
}
