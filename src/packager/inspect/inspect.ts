import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import { playlistKind } from '../../manifest/hls/tag.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { childrenOf, type ReadElement, readXml } from '../../manifest/xml-reader.js';
import { PackagerError } from '../errors.js';
import type { SourceReader } from '../model/source-reader.js';
import { checkManifest, manifestLanguage } from '../rules/check-manifest.js';
import { checkCmafHeader, checkCmafSegment } from '../rules/cmaf-rules.js';
import type { RuleProblem } from '../rules/problem.js';
import { indexSource } from '../segmenter/asset-index.js';
import { resolveUri } from '../segmenter/resolve-uri.js';
import { boxRules } from './box-rules.js';
import { describeIndex } from './describe-index.js';
import { describeMpd } from './describe-mpd.js';
import { inspectIndexedFiles } from './inspect-indexed-files.js';
import type { InspectedTrack, Inspection } from './inspection.js';

/** bytes that tell what an address leads to */
const sniffedBytes = 4096;
/** bytes of a manifest, and of a segment, that are read at most */
const largestManifest = 64 * 1024 * 1024;
const largestSegment = 256 * 1024 * 1024;

/**
 * Finds out what a source or an output holds, and what is wrong with it by the rules of its standard. Reads manifests, heads of segments and the
 * first segments, and no more.
 * @throws errors of the reader
 */
export async function inspect(reader: SourceReader, uri: string, signal?: AbortSignal): Promise<Inspection> {
  const head = new TextDecoder().decode(await reader.readSome({ uri }, 0, sniffedBytes, signal && { signal }));
  switch (manifestLanguage(head)) {
    case 'hls':
      return inspectHls({ reader, uri, signal });
    case 'dash':
      return inspectDash({ reader, uri, signal });
    case 'mss':
      return inspectSmooth({ reader, uri, signal });
    case undefined:
      return { kind: 'media file', ...(await inspectMedia({ reader, uri, signal })) };
  }
}

interface Subject {
  readonly reader: SourceReader;
  readonly uri: string;
  readonly signal: AbortSignal | undefined;
}

type Found = Omit<Inspection, 'kind'>;

async function inspectMedia({ reader, uri, signal }: Subject): Promise<Found> {
  try {
    const index = await indexSource(reader, uri, signal && { signal });
    return { tracks: await describeIndex(index, reader, signal), notes: index.notes, problems: [] };
  } catch (error) {
    if (!(error instanceof PackagerError)) throw error;
    if (error.code === 'source_unsupported') return { tracks: [], notes: [error.message], problems: [] };
    return { tracks: [], notes: [], problems: [{ rule: error.code, file: fileName(uri), message: error.message }] };
  }
}

async function inspectHls(subject: Subject): Promise<Inspection> {
  const text = await readText(subject, subject.uri);
  const problems = [...judged(subject.uri, text)];
  for (const child of children(text, subject.uri)) {
    const media = await readText(subject, child);
    problems.push(...judged(child, media), ...(await inspectFragments(subject, child, media)));
  }
  const { tracks, notes, problems: broken } = await inspectMedia(subject);
  return { kind: 'HLS', tracks, notes, problems: [...problems, ...broken] };
}

/** Media playlists that a multivariant playlist names, each once. */
function children(text: string, uri: string): string[] {
  if (unlessUnreadable(() => playlistKind(text)) !== 'multivariant') return [];
  const playlist = unlessUnreadable(() => readMultivariantPlaylist(text, uri));
  const references = [...(playlist?.variants ?? []), ...(playlist?.iFrameVariants ?? []), ...(playlist?.media ?? [])];
  return [...new Set(references.flatMap((each) => (each.uri === undefined ? [] : (resolveUri(each.uri, uri) ?? []))))];
}

/** The header and the first segment of a playlist of fragments. */
async function inspectFragments({ reader, signal }: Subject, uri: string, text: string): Promise<RuleProblem[]> {
  const playlist = unlessUnreadable(() => readMediaPlaylist(text, { uri }));
  const first = playlist?.segments.find(({ gap }) => !gap);
  if (!first?.map || first.keys || playlist?.iFramesOnly) return [];
  const read = async (reference: string, range: { offset: number; length: number } | undefined) =>
    reader.read(
      { uri: resolveUri(reference, uri) ?? reference, ...range },
      { limit: largestSegment, ...(signal && { signal }) },
    );
  return [
    ...boxRules(first.map.uri, await read(first.map.uri, first.map.byteRange), checkCmafHeader),
    ...boxRules(first.uri, await read(first.uri, first.byteRange), checkCmafSegment),
  ];
}

async function inspectDash(subject: Subject): Promise<Inspection> {
  const text = await readText(subject, subject.uri);
  const mpd = unlessUnreadable(() => readXml(text));
  const problems = [...judged(subject.uri, text), ...(mpd ? await inspectIndexedFiles(subject, mpd) : [])];
  return { kind: 'DASH', tracks: mpd ? describeMpd(mpd) : [], notes: [], problems };
}

async function inspectSmooth(subject: Subject): Promise<Inspection> {
  const text = await readText(subject, subject.uri);
  const tracks = unlessUnreadable(() => qualityLevels(readXml(text))) ?? [];
  return { kind: 'Smooth Streaming', tracks, notes: [], problems: judged(subject.uri, text) };
}

function qualityLevels(client: ReadElement): InspectedTrack[] {
  return childrenOf(client, 'StreamIndex').flatMap((stream) =>
    childrenOf(stream, 'QualityLevel').map(({ attributes: level }): InspectedTrack => {
      const { Type = '?', Name = Type, Language } = stream.attributes;
      return {
        name: `${Name} ${level.Bitrate ?? '?'}`,
        kind: Type,
        codec: level.FourCC ?? stream.attributes.FourCC ?? '?',
        ...(Language !== undefined && { language: Language }),
        format:
          level.MaxWidth === undefined
            ? `${level.SamplingRate ?? '?'} Hz ${level.Channels ?? '?'} channels`
            : `${level.MaxWidth}x${level.MaxHeight ?? '?'}`,
        bandwidth: Number(level.Bitrate),
      };
    }),
  );
}

async function readText({ reader, signal }: Subject, uri: string): Promise<string> {
  return new TextDecoder().decode(await reader.read({ uri }, { limit: largestManifest, ...(signal && { signal }) }));
}

/** What cannot be read at all is a problem like any other. */
function judged(uri: string, text: string): RuleProblem[] {
  const file = fileName(uri);
  try {
    return checkManifest(file, text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return [{ rule: 'manifest', file, message: error.message }];
  }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return undefined; // `judged` says so
  }
}

/** Without the query, which may hold a signature. */
function fileName(uri: string): string {
  const [path = ''] = uri.split(/[?#]/, 1);
  return path.slice(path.lastIndexOf('/') + 1);
}
