import type { MediaPlaylist } from '../../manifest/hls/media-playlist.js';
import type { Media, MultivariantPlaylist, Variant } from '../../manifest/hls/multivariant-playlist.js';
import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import { playlistKind } from '../../manifest/hls/tag.js';
import { Findings, type KnownObjects, referredName, type RuleProblem } from './problem.js';

/** Rules of RFC 8216bis for one playlist of a finished presentation. @throws ManifestError when it cannot be read at all */
export function checkPlaylist(file: string, text: string, objects?: KnownObjects): RuleProblem[] {
  const findings = new Findings(file);
  findings.expect(text.startsWith('#EXTM3U'), 'hls.header', () => 'the first line is not #EXTM3U (§4.1)');
  findings.expect(
    !/^#EXT-X-MEDIA:(?=.*DEFAULT=YES).*AUTOSELECT=NO/m.test(text),
    'hls.autoselect',
    () => 'a rendition has DEFAULT=YES and AUTOSELECT=NO (§4.4.6.1)',
  );
  if (playlistKind(text) === 'multivariant') checkMultivariant(readMultivariantPlaylist(text), file, findings, objects);
  else checkMedia(readMediaPlaylist(text), { file, text, findings, objects });
  return findings.problems;
}

interface MediaCheck {
  readonly file: string;
  readonly text: string;
  readonly findings: Findings;
  readonly objects: KnownObjects | undefined;
}

function checkMedia(playlist: MediaPlaylist, { file, text, findings, objects }: MediaCheck): void {
  const { segments, targetDuration, version } = playlist;
  const longest = segments.reduce((most, { duration }) => Math.max(most, Math.round(duration)), 0);
  findings.expect(
    longest <= targetDuration,
    'hls.target-duration',
    () => `EXT-X-TARGETDURATION ${targetDuration} is below a segment of ${longest} s (§4.4.3.1)`,
  );
  findings.expect(segments.length > 0, 'hls.segments', () => 'no segments');
  findings.expect(playlist.endList, 'hls.end-list', () => 'a finished playlist ends with EXT-X-ENDLIST (§4.4.3.4)');
  findings.expect(
    playlist.playlistType === 'VOD',
    'hls.playlist-type',
    () => 'EXT-X-PLAYLIST-TYPE is not VOD (§4.4.3.5)',
  );
  findings.expect(
    !playlist.dateRanges || segments.some(({ programDateTime }) => programDateTime !== undefined),
    'hls.date-range',
    () => 'EXT-X-DATERANGE needs EXT-X-PROGRAM-DATE-TIME (§4.4.5.1)',
  );
  const needed = neededVersion(playlist, text);
  findings.expect(
    version >= needed,
    'hls.version',
    () => `EXT-X-VERSION ${version}; what is used needs ${needed} (§8)`,
  );
  for (const { uri, byteRange, map, gap } of segments) {
    if (playlist.iFramesOnly)
      findings.expect(byteRange !== undefined, 'hls.i-frames', () => `${uri}: an I-frame is a byte range (§4.4.3.6)`);
    if (!gap) checkReference({ file, findings, objects }, uri, byteRange && byteRange.offset + byteRange.length);
    if (map)
      checkReference(
        { file, findings, objects },
        map.uri,
        map.byteRange && map.byteRange.offset + map.byteRange.length,
      );
  }
}

/** §8 */
function neededVersion({ segments, iFramesOnly }: MediaPlaylist, text: string): number {
  if (segments.some(({ gap }) => gap) || /^#EXT-X-DEFINE:/m.test(text)) return 8;
  const maps = segments.some(({ map }) => map);
  if (maps && !iFramesOnly) return 6;
  const keys = segments.flatMap((segment) => segment.keys ?? []);
  if (maps || keys.some(({ method, keyFormat }) => method === 'SAMPLE-AES' || keyFormat !== undefined)) return 5;
  if (iFramesOnly || segments.some(({ byteRange }) => byteRange)) return 4;
  if (/^#EXTINF:\d+\.\d/m.test(text)) return 3;
  return keys.some(({ iv }) => iv !== undefined) ? 2 : 1;
}

function checkReference({ file, findings, objects }: Omit<MediaCheck, 'text'>, reference: string, end?: number): void {
  if (!objects) return;
  const name = referredName(file, reference);
  const size = name === undefined ? undefined : objects.get(name);
  findings.expect(size !== undefined, 'hls.reference', () => `${reference} does not exist`);
  if (end !== undefined && size !== undefined)
    findings.expect(end <= size, 'hls.byte-range', () => `a range of ${reference} ends at byte ${end} of ${size}`);
}

function checkMultivariant(
  playlist: MultivariantPlaylist,
  file: string,
  findings: Findings,
  objects?: KnownObjects,
): void {
  const { variants, iFrameVariants, media } = playlist;
  findings.expect(
    playlist.version >= 7 || !media.some(({ instreamId }) => instreamId?.startsWith('SERVICE')),
    'hls.version',
    () => `EXT-X-VERSION ${playlist.version}; INSTREAM-ID of a SERVICE needs 7 (§8)`,
  );
  const without = variants.filter(({ closedCaptions }) => closedCaptions === 'NONE').length;
  findings.expect(
    without === 0 || without === variants.length,
    'hls.captions',
    () => 'CLOSED-CAPTIONS=NONE stands at some variants only (§4.4.6.2)',
  );
  findings.expect(variants.length > 0, 'hls.variants', () => 'no variants');
  for (const { uri, bandwidth, averageBandwidth = bandwidth, codecs } of [...variants, ...iFrameVariants]) {
    findings.expect(bandwidth > 0, 'hls.bandwidth', () => `${uri}: BANDWIDTH ${bandwidth} (§4.4.6.2)`);
    findings.expect(
      averageBandwidth <= bandwidth,
      'hls.bandwidth',
      () => `${uri}: AVERAGE-BANDWIDTH ${averageBandwidth} is above BANDWIDTH ${bandwidth}`,
    );
    findings.expect(Boolean(codecs), 'hls.codecs', () => `${uri}: no CODECS (§4.4.6.2)`);
    checkReference({ file, findings, objects }, uri);
  }
  for (const variant of variants) {
    for (const [type, group] of groupsOf(variant)) {
      const exists = media.some((each) => each.type === type && each.groupId === group);
      findings.expect(
        exists,
        'hls.groups',
        () => `${variant.uri}: no EXT-X-MEDIA of TYPE=${type} has GROUP-ID ${group}`,
      );
    }
  }
  const groups = new Map<string, Media[]>();
  for (const each of media) {
    const key = `${each.type} ${each.groupId}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
    if (each.uri !== undefined) checkReference({ file, findings, objects }, each.uri);
    checkMediaTag(each, findings);
  }
  for (const [key, members] of groups) {
    const names = new Set(members.map(({ name }) => name));
    findings.expect(
      names.size === members.length,
      'hls.group-names',
      () => `${key}: two renditions have one NAME (§4.4.6.1.1)`,
    );
    const defaults = members.filter((member) => member.default).length;
    findings.expect(
      defaults <= 1,
      'hls.group-default',
      () => `${key}: ${defaults} renditions are DEFAULT (§4.4.6.1.1)`,
    );
  }
}

function groupsOf(variant: Variant): [string, string][] {
  const { audio, video, subtitles, closedCaptions } = variant;
  const named: [string, string | undefined][] = [
    ['AUDIO', audio],
    ['VIDEO', video],
    ['SUBTITLES', subtitles],
    ['CLOSED-CAPTIONS', closedCaptions === 'NONE' ? undefined : closedCaptions],
  ];
  return named.flatMap(([type, group]) => (group === undefined ? [] : [[type, group]]));
}

function checkMediaTag({ type, name, uri, instreamId }: Media, findings: Findings): void {
  const captions = type === 'CLOSED-CAPTIONS';
  findings.expect(
    !captions || (uri === undefined && instreamId !== undefined),
    'hls.captions',
    () => `${name}: CLOSED-CAPTIONS have INSTREAM-ID and no URI (§4.4.6.1)`,
  );
  findings.expect(
    type !== 'SUBTITLES' || uri !== undefined,
    'hls.subtitles',
    () => `${name}: SUBTITLES need a URI (§4.4.6.1)`,
  );
}
