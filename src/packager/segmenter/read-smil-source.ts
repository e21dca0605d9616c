import { ManifestError } from '../../manifest/manifest-error.js';
import { readSmil } from '../../manifest/smil/read-smil.js';
import type { SmilText, SmilVideo } from '../../manifest/smil/smil.js';
import { PackagerError } from '../errors.js';
import type { MovieRendition, TrackAudio } from './index-movies.js';
import type { MovieReading } from './read-movie.js';
import { resolveUri } from './resolve-uri.js';

/** The MP4s that a SMIL document names. @throws PackagerError naming the line */
export async function readSmilSource(uri: string, { reader, limits, signal }: MovieReading): Promise<MovieRendition[]> {
  const bytes = await reader.read({ uri }, { limit: limits.maximumPlaylistBytes, ...(signal && { signal }) });
  try {
    const { videos, texts } = readSmil(new TextDecoder().decode(bytes));
    if (texts.length > 0) throw unsupportedText(texts);
    if (videos.length > limits.maximumRenditions) {
      const { maximumRenditions } = limits;
      throw new PackagerError(
        'source_too_large',
        `${videos.length} renditions; maximumRenditions is ${maximumRenditions}`,
      );
    }
    return videos.map((video, index) => rendition(video, `r${index + 1}`, uri));
  } catch (error) {
    if (error instanceof PackagerError) throw error.at({ uri });
    if (!(error instanceof ManifestError)) throw error;
    const code = error.reason === 'too_large' ? 'source_too_large' : 'source_invalid';
    throw new PackagerError(code, error.message, { uri }, { cause: error });
  }
}

function unsupportedText(texts: readonly SmilText[]): PackagerError {
  const names = texts.map(({ src, language, name }) => [src, language, name].filter(Boolean).join(' ')).join(', ');
  const [first] = texts;
  return new PackagerError(
    'source_unsupported',
    `subtitles are not supported yet: ${names}`,
    first && { line: first.line },
  );
}

function rendition(
  { src, line, languages, audioNames, includeAudio }: SmilVideo,
  id: string,
  base: string,
): MovieRendition {
  const uri = resolveUri(src, base);
  if (uri === undefined) throw new PackagerError('source_invalid', `not a URI: ${src.slice(0, 200)}`, { line });
  const count = Math.max(languages.length, audioNames.length, includeAudio.length);
  const audio = Array.from({ length: count }, (_, track): TrackAudio => {
    const [language, name, include] = [languages[track], audioNames[track], includeAudio[track]];
    return { ...(language && { language }), ...(name && { name }), include: include ?? true };
  });
  return { id, uri, audio };
}
