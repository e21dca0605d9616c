import { Failure } from '../../domain/failure.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { childOf, childrenOf, readXml, type ReadElement } from '../../manifest/xml-reader.js';
import { shownUrl } from '../../net/safe-url.js';
import { maxResources, resolveReference, type Resource } from './resource.js';

/**
 * Every fragment of a Smooth Streaming client manifest, [MS-SSTR] §2.2.2: each quality level of each stream at each chunk's start time.
 * @throws ManifestError naming the line; Failure source_live
 */
export function* mssResources(text: string, url: string): Generator<Resource> {
  const root = readXml(text);
  if (root.name !== 'SmoothStreamingMedia')
    throw new ManifestError('invalid', `SmoothStreamingMedia expected; given: ${root.name.slice(0, 60)}`, root.line);
  if (/^true$/i.test(attribute(root, 'IsLive') ?? ''))
    throw new Failure('source_live', `${shownUrl(url)} says IsLive: it is live.`, { details: { url: shownUrl(url) } });
  for (const stream of childrenOf(root, 'StreamIndex')) yield* streamResources(stream, url);
}

function* streamResources(stream: ReadElement, url: string): Generator<Resource> {
  const pattern = attribute(stream, 'Url');
  const chunks = childrenOf(stream, 'c');
  // A sparse stream may be without fragments of its own (§2.2.2.3: ParentStreamIndex).
  if (pattern === undefined || chunks.length === 0) return;
  const times = [...chunkTimes(chunks)];
  for (const level of childrenOf(stream, 'QualityLevel')) {
    const path = pattern
      .replace(/\{bitrate\}/gi, () => required(level, 'Bitrate'))
      .replace(/\{CustomAttributes\}/gi, () => customAttributes(level));
    for (const time of times) {
      const address = resolveReference(path.replace(/\{start[ _]time\}/gi, String(time)), url);
      if (address !== undefined) yield { url: address, kind: 'media' };
    }
  }
}

/** Start times, §2.2.2.6: `t` where given, else the end of the one before; `r` counts all of a run of equal ones, unlike in DASH. */
function* chunkTimes(chunks: readonly ReadElement[]): Generator<bigint> {
  let time = 0n;
  let count = 0n;
  for (const [index, chunk] of chunks.entries()) {
    time = ticks(chunk, 't') ?? time;
    const repeat = ticks(chunk, 'r') ?? 1n;
    count += repeat;
    if (count > maxResources)
      throw new ManifestError('too_large', `more than ${maxResources} fragments (maxResources)`, chunk.line);
    const next = chunks[index + 1];
    const duration = ticks(chunk, 'd') ?? untilNext(time, next && ticks(next, 't'), repeat);
    if (duration === undefined && (next || repeat > 1n))
      throw new ManifestError('invalid', 'a chunk needs d, or a next chunk with t', chunk.line);
    for (let i = 0n; i < repeat; i++) {
      yield time;
      time += duration ?? 0n;
    }
  }
}

function untilNext(time: bigint, next: bigint | undefined, repeat: bigint): bigint | undefined {
  return next === undefined || repeat === 0n ? undefined : (next - time) / repeat;
}

/** `name=value,name=value`, §2.2.2.5.1 */
function customAttributes(level: ReadElement): string {
  const group = childOf(level, 'CustomAttributes');
  return childrenOf(group ?? level, 'Attribute')
    .map((each) => `${required(each, 'Name')}=${required(each, 'Value')}`)
    .join(',');
}

function ticks(element: ReadElement, name: string): bigint | undefined {
  const text = attribute(element, name)?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,20}$/.test(text)) return BigInt(text);
  throw new ManifestError('invalid', `${name} must be a whole number; given: ${text.slice(0, 60)}`, element.line);
}

function required(element: ReadElement, name: string): string {
  const value = attribute(element, name);
  if (value !== undefined) return value;
  throw new ManifestError('invalid', `${element.name} has no ${name}`, element.line);
}

/** Encoders spell attribute names in several ways (`Bitrate`, `bitrate`). */
function attribute({ attributes }: ReadElement, name: string): string | undefined {
  if (attributes[name] !== undefined) return attributes[name];
  const spelt = Object.keys(attributes).find((key) => key.toLowerCase() === name.toLowerCase());
  return spelt === undefined ? undefined : attributes[spelt];
}
