import { expect } from 'vitest';
import type { PackagingConfiguration } from '../../src/domain/packaging-configuration.js';
import {
  indexSource,
  packageSegment,
  planPresentation,
  type SourceReader,
  writeManifests,
} from '../../src/packager/packager.js';
import { checkPresentation } from '../../src/packager/rules/check-manifest.js';

/** Everything that a job does, with its rule checker, in memory. */
export async function packaged(
  reader: SourceReader,
  configuration: Omit<PackagingConfiguration, 'Id'>,
  entry = 'file:///index.m3u8',
) {
  const index = await indexSource(reader, entry);
  const presentation = planPresentation(index, { Id: 'test', ...configuration });
  const facts = new Map<string, { size: number; splices?: readonly { time: number; section: string }[] }>();
  const objects = new Map<string, Uint8Array>();
  for (const task of presentation.tasks) {
    const read: Uint8Array[] = [];
    for (const range of task.reads) read.push(await reader.read(range));
    // As a worker thread gets it.
    for (const { name, size, data, splices } of packageSegment(structuredClone(task), read)) {
      facts.set(name, { size, ...(splices && { splices }) });
      objects.set(name, new Uint8Array(Buffer.concat(data)));
    }
  }
  const manifests = writeManifests(presentation, facts);
  expect(checkPresentation(presentation, manifests, facts)).toEqual([]);
  const text = (name: string) => manifests.find((each) => each.name === name)?.text ?? '';
  return { index, presentation, objects, text };
}

/** `emsg` boxes of version 1 at the top of a segment, ISO/IEC 23009-1 §5.10.3.3; data in base64. */
export function messages(bytes: Buffer) {
  const found: { timescale: number; time: number; scheme: string; value: string; data: string }[] = [];
  for (let box = 0; box < bytes.length; box += bytes.readUInt32BE(box)) {
    if (bytes.toString('latin1', box + 4, box + 8) !== 'emsg') continue;
    expect(bytes[box + 8]).toBe(1);
    const strings = bytes.toString('latin1', box + 32, box + bytes.readUInt32BE(box)).split('\0');
    const [scheme = '', value = ''] = strings;
    const data = bytes.subarray(box + 32 + scheme.length + value.length + 2, box + bytes.readUInt32BE(box));
    found.push({
      ...{ timescale: bytes.readUInt32BE(box + 12), time: Number(bytes.readBigUInt64BE(box + 16)) },
      ...{ scheme, value, data: data.toString('base64') },
    });
  }
  return found;
}

export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** EXTINFs and tags of advertisements, in order. */
export const tagsOf = (playlist: string) =>
  playlist
    .split('\n')
    .flatMap((line) =>
      /^#EXT-(?:OATCLS|X-(?:CUE|ASSET|DATERANGE))|^#EXTINF/.test(line) ? [line.replace(/^#EXTINF.*/, 'segment')] : [],
    );
