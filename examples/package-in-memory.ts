import {
  checkPresentation,
  indexSource,
  packageSegment,
  planPresentation,
  writeManifests,
  type PackagingConfiguration,
  type SourceReader,
} from 'reelway/packager';

/** Packages a source that lies in memory; what comes out lies in memory, too. No file, no network, no `node:` module. */
export async function packageInMemory(
  source: ReadonlyMap<string, Uint8Array>,
  entry: string,
  configuration: PackagingConfiguration,
): Promise<Map<string, Uint8Array>> {
  const reader = memoryReader(source);
  // Reads playlists and the heads of segments.
  const index = await indexSource(reader, entry);
  // Every object by name, and what has to be done for it. Nothing is read.
  const presentation = planPresentation(index, configuration);

  const objects = new Map(presentation.initSegments.map(({ name, bytes }) => [name, bytes]));
  const facts = new Map<string, { size: number }>();
  // In any order, and on any thread: a task is plain data.
  for (const task of presentation.tasks) {
    const bytes = await Promise.all(task.reads.map((range) => reader.read(range)));
    for (const { name, size, data, iFrames, splices } of packageSegment(task, bytes)) {
      objects.set(name, joined(data, size));
      facts.set(name, { size, ...(iFrames && { iFrames }), ...(splices && { splices }) });
    }
  }
  // Manifests say how large the segments are, so they come last.
  const manifests = writeManifests(presentation, facts);
  const [problem] = checkPresentation(presentation, manifests, facts);
  if (problem) throw new Error(`${problem.file} breaks the rule ${problem.rule}: ${problem.message}`);
  for (const { name, text } of manifests) objects.set(name, new TextEncoder().encode(text));
  return objects;
}

/** Addresses resolve as URIs do, so they need a scheme: `memory:///lecture/index.m3u8` names `memory:///lecture/0.ts` as `0.ts`. */
function memoryReader(source: ReadonlyMap<string, Uint8Array>): SourceReader {
  const find = (uri: string): Uint8Array => {
    const bytes = source.get(uri);
    if (!bytes) throw new Error(`There is no ${uri}.`);
    return bytes;
  };
  return {
    // A copy each time: the packager may change what it was given in place.
    read: ({ uri, offset = 0, length }) =>
      Promise.resolve(find(uri).slice(offset, length === undefined ? undefined : offset + length)),
    readSome: ({ uri }, offset, length) => Promise.resolve(find(uri).slice(offset, offset + length)),
    size: ({ uri }) => Promise.resolve(find(uri).length),
  };
}

/** A segment comes as a list of pieces, which need not be joined to be written. */
function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
