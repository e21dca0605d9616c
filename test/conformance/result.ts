import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { Parser, type ParsedManifest, type ParsedPlaylist, type ParsedSegment } from 'm3u8-parser';
import { generateSidxKey, type ParsedSidx, parse as parseMpd } from 'mpd-parser';
import { childrenOf, readXml } from '../../src/manifest/xml-reader.js';

/** One playlist of a manifest: per period a file of its own, a transport stream or the init segment followed by the media segments. */
export interface PlayableTrack {
  readonly name: string;
  readonly periods: readonly string[];
  /** seconds, as the manifest says it; per period */
  readonly durations: readonly number[];
}

interface InventoryFile {
  entries: string[];
  objects: { key: string; size: number; digest: string }[];
}

/** Every endpoint below the folder, found by its inventory, which is checked: each object is there with its size and digest. */
export async function findEndpoints(folder: string): Promise<{ folder: string; entries: string[] }[]> {
  const files = await readdir(folder, { recursive: true });
  const inventories = files.filter((file) => file.endsWith('.reelway/inventory.json'));
  return Promise.all(
    inventories.map(async (file) => {
      const endpoint = path.join(folder, file, '../..');
      const inventory = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as InventoryFile;
      for (const { key, size, digest } of inventory.objects) {
        const bytes = await readFile(path.join(endpoint, key));
        if (bytes.length !== size) throw new Error(`${key}: inventory says ${size} bytes; there are ${bytes.length}`);
        const found = `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
        if (digest.startsWith('crc32:') && digest !== found)
          throw new Error(`${key}: ${digest} in the inventory, ${found} found`);
      }
      return { folder: endpoint, entries: inventory.entries };
    }),
  );
}

/** Reads an entry manifest by a parser that is not ours and joins each of its tracks into files below `scratch`. */
export async function readTracks(manifest: string, scratch: string): Promise<PlayableTrack[]> {
  const text = await readFile(manifest, 'utf8');
  const playlists = manifest.endsWith('.mpd')
    ? await mpdPlaylists(text, path.dirname(manifest))
    : manifest.endsWith('.ism/Manifest')
      ? clientManifestPlaylists(text)
      : await hlsPlaylists(text, manifest);
  return Promise.all(
    playlists.map(async ({ name, base, segments }, index) => {
      const periods = splitPeriods(segments);
      const files = periods.map((segments, period) => {
        const extension = segments[0]?.map ? 'mp4' : 'ts';
        return path.join(scratch, `${path.extname(manifest).slice(1) || 'mss'}-${index}-${period}.${extension}`);
      });
      await Promise.all(periods.map((period, at) => join(period, base ?? path.dirname(manifest), files[at]!)));
      return {
        name,
        periods: files,
        durations: periods.map((each) => each.reduce((sum, { duration }) => sum + duration, 0)),
      };
    }),
  );
}

interface NamedPlaylist {
  readonly name: string;
  /** Folder that URIs are relative to; absent: the manifest's. */
  readonly base?: string;
  readonly segments: readonly ParsedSegment[];
}

function parseHls(text: string): ParsedManifest {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  return parser.manifest;
}

async function hlsPlaylists(text: string, manifest: string): Promise<NamedPlaylist[]> {
  const multivariant = parseHls(text);
  const uris = [
    ...(multivariant.playlists ?? []).map((playlist) => playlist.uri),
    ...audioGroups(multivariant).flatMap(({ uri }) => (uri === undefined ? [] : [uri])),
  ];
  return Promise.all(
    [...new Set(uris)].map(async (uri) => {
      const file = path.join(path.dirname(manifest), uri);
      const playlist = parseHls(await readFile(file, 'utf8'));
      if (!playlist.endList) throw new Error(`${uri} has no EXT-X-ENDLIST`);
      const longest = Math.max(...playlist.segments.map((segment) => segment.duration));
      if (Math.round(longest) > (playlist.targetDuration ?? 0))
        throw new Error(`${uri}: EXT-X-TARGETDURATION ${playlist.targetDuration} is below a segment of ${longest} s`);
      return { name: uri, base: path.dirname(file), segments: playlist.segments };
    }),
  );
}

const audioGroups = (manifest: ParsedManifest) =>
  Object.values(manifest.mediaGroups?.AUDIO ?? {}).flatMap((group) => Object.values(group));

async function mpdPlaylists(text: string, folder: string): Promise<NamedPlaylist[]> {
  if (!text.includes('<SegmentBase')) return namedPlaylists(parseMpd(text, { manifestUri: '' }));
  // The parser knows the index of one Period, so it is given one after the other.
  const byName = new Map<string, ParsedSegment[]>();
  for (const period of text.match(/<Period[^]*?<\/Period>/g) ?? []) {
    const part = text.replace(/<Period[^]*<\/Period>/, period.replace(/ start="[^"]*"/, ' start="PT0S"'));
    const indexes = mpdIndexes(parseMpd(part, { manifestUri: '' }));
    const read = indexes.map(async (sidx) => {
      const { offset, length } = sidx.byterange;
      const bytes = (await readFile(path.join(folder, sidx.resolvedUri))).subarray(offset, offset + length);
      return [generateSidxKey(sidx), { sidx: parseSidx(bytes) }] as const;
    });
    const sidxMapping = Object.fromEntries(await Promise.all(read));
    for (const { name, segments } of namedPlaylists(parseMpd(part, { manifestUri: '', sidxMapping })))
      byName.set(name, [...(byName.get(name) ?? []), ...segments]);
  }
  return [...byName].map(([name, segments]) => ({ name, segments }));
}

const mpdLists = (parsed: ParsedManifest): ParsedPlaylist[] => [
  ...(parsed.playlists ?? []),
  ...audioGroups(parsed).flatMap((group) => group.playlists ?? []),
];
const mpdIndexes = (parsed: ParsedManifest) => mpdLists(parsed).flatMap(({ sidx }) => sidx ?? []);

function namedPlaylists(parsed: ParsedManifest): { name: string; segments: readonly ParsedSegment[] }[] {
  // A presentation without video has its audio in both places.
  const byName = new Map(
    mpdLists(parsed).map((playlist) => [String(playlist.attributes.NAME), playlist.segments ?? []]),
  );
  return [...byName].map(([name, segments]) => ({ name, segments }));
}

/** Version 1 of ISO/IEC 14496-12 §8.16.3, not by our own reader. */
function parseSidx(box: Buffer): ParsedSidx {
  if (box.toString('latin1', 4, 8) !== 'sidx' || box[8] !== 1) throw new Error('no sidx of version 1');
  const count = box.readUInt16BE(38);
  return {
    timescale: box.readUInt32BE(16),
    firstOffset: Number(box.readBigUInt64BE(28)),
    references: Array.from({ length: count }, (_, index) => ({
      referenceType: box[40 + 12 * index]! >> 7,
      referencedSize: box.readUInt32BE(40 + 12 * index) & 0x7fff_ffff,
      subsegmentDuration: box.readUInt32BE(44 + 12 * index),
    })),
  };
}

/**
 * What a client manifest has a player ask for, [MS-SSTR] §2.2.2. A player makes the init segment itself; here it is that of the same track in the
 * endpoint `cmaf` beside it, whose sample entry the manifest's CodecPrivateData must agree with.
 */
function clientManifestPlaylists(text: string): NamedPlaylist[] {
  const count = { video: 0, audio: 0 };
  return childrenOf(readXml(text), 'StreamIndex').flatMap(({ attributes: stream, children }) => {
    const scale = Number(stream.TimeScale);
    return children
      .filter(({ name }) => name === 'QualityLevel')
      .map(({ attributes: level }) => {
        const kind = stream.Type as 'video' | 'audio';
        const id = `${kind}_${++count[kind]}`;
        let time = 0;
        const segments = children
          .filter(({ name }) => name === 'c')
          .map(({ attributes: { t, d } }) => {
            time = t === undefined ? time : Number(t);
            const uri = stream.Url!.replace('{bitrate}', level.Bitrate!).replace('{start time}', String(time));
            time += Number(d);
            return { uri, duration: Number(d) / scale, timeline: 0, map: { uri: `../../cmaf/${id}/init.mp4` } };
          });
        if (segments.length !== Number(stream.Chunks))
          throw new Error(`${id} has not the ${stream.Chunks} chunks it says`);
        return { name: id, segments };
      });
  });
}

/** Segments with the same init segment in a row belong to one period. */
function splitPeriods(segments: readonly ParsedSegment[]): ParsedSegment[][] {
  const periods: ParsedSegment[][] = [];
  for (const segment of segments) {
    const current = periods.at(-1);
    const starts = !current || segment.discontinuity === true || nameOf(current[0]!.map) !== nameOf(segment.map);
    if (starts) periods.push([segment]);
    else current.push(segment);
  }
  return periods;
}

const nameOf = (resource: ParsedSegment['map']) => resource && (resource.uri || resource.resolvedUri);

async function join(segments: readonly ParsedSegment[], base: string, file: string): Promise<void> {
  const read = async ({ uri, resolvedUri, byterange }: Omit<ParsedSegment, 'duration' | 'timeline'>) => {
    // Of an indexed file the address is the resolved one alone.
    const bytes = await readFile(path.join(base, uri || resolvedUri!));
    return byterange ? bytes.subarray(byterange.offset, byterange.offset + byterange.length) : bytes;
  };
  const init = segments[0]?.map;
  await writeFile(
    file,
    Buffer.concat([...(init ? [await read(init)] : []), ...(await Promise.all(segments.map((each) => read(each))))]),
  );
}
