import { ManifestError } from '../../manifest/manifest-error.js';
import { readSmil } from '../../manifest/smil/read-smil.js';
import type { SmilText, SmilVideo } from '../../manifest/smil/smil.js';
import { PackagerError } from '../errors.js';
import type { MovieRendition, TrackAudio } from './index-movies.js';
import type { MovieReading } from './read-movie.js';
import { resolveUri } from './resolve-uri.js';
import type { TextSource } from './text-source.js';

export interface SmilSource {
  readonly renditions: readonly MovieRendition[];
  readonly texts: readonly TextSource[];
}

/** The MP4s and the documents of text that a SMIL document names. @throws PackagerError naming the line */
export async function readSmilSource(uri: string, { reader, limits, signal }: MovieReading): Promise<SmilSource> {
  const bytes = await reader.read({ uri }, { limit: limits.maximumPlaylistBytes, ...(signal && { signal }) });
  try {
    const { videos, texts } = readSmil(new TextDecoder().decode(bytes));
    if (videos.length > limits.maximumRenditions) {
      const { maximumRenditions } = limits;
      throw new PackagerError(
        'source_too_large',
        `${videos.length} renditions; maximumRenditions is ${maximumRenditions}`,
      );
    }
    return {
      renditions: videos.map((video, index) => rendition(video, `r${index + 1}`, uri)),
      texts: texts.map((text, index) => textSource(text, `t${index + 1}`, uri)),
    };
  } catch (error) {
    if (error instanceof PackagerError) throw error.at({ uri });
    if (!(error instanceof ManifestError)) throw error;
    const code = error.reason === 'too_large' ? 'source_too_large' : 'source_invalid';
    throw new PackagerError(code, error.message, { uri }, { cause: error });
  }
}

function textSource({ src, line, language, name }: SmilText, id: string, base: string): TextSource {
  const uri = resolved(src, line, base);
  const said = { ...(language !== undefined && { language }), ...(name !== undefined && { name }) };
  return {
    id,
    uri,
    media: { ...said, default: false, autoselect: true, forced: false },
    segments: [{ range: { uri }, number: 1, discontinuity: false }],
  };
}

function resolved(src: string, line: number, base: string): string {
  const uri = resolveUri(src, base);
  if (uri === undefined) throw new PackagerError('source_invalid', `not a URI: ${src.slice(0, 200)}`, { line });
  return uri;
}

function rendition(
  { src, line, languages, audioNames, includeAudio }: SmilVideo,
  id: string,
  base: string,
): MovieRendition {
  const uri = resolved(src, line, base);
  const count = Math.max(languages.length, audioNames.length, includeAudio.length);
  const audio = Array.from({ length: count }, (_, track): TrackAudio => {
    const [language, name, include] = [languages[track], audioNames[track], includeAudio[track]];
    return { ...(language && { language }), ...(name && { name }), include: include ?? true };
  });
  return { id, uri, audio };
}
