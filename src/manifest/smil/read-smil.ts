import { ManifestError } from '../manifest-error.js';
import { type ReadElement, readXml } from '../xml-reader.js';
import type { Smil, SmilText, SmilVideo } from './smil.js';

/** Files that one document may name. */
export const maximumSmilFiles = 64;

/**
 * Reads a SMIL document. What stands in `body`, at any depth (`switch`, `par`, `seq`), counts in the order of the document; attributes are
 * read in the spellings that are met: `src` or `name`, `systemLanguage`, `system-language` or `language`, in any case.
 * @throws ManifestError naming the line
 */
export function readSmil(text: string): Smil {
  const root = readXml(text);
  if (root.name.toLowerCase() !== 'smil')
    throw new ManifestError('invalid', `not SMIL: its root is <${root.name}>`, root.line);
  const videos: SmilVideo[] = [];
  const texts: SmilText[] = [];
  const visit = (element: ReadElement): void => {
    const name = element.name.toLowerCase();
    if (name === 'video' || name === 'audio') videos.push(readVideo(element));
    else if (name === 'textstream') texts.push(readText(element));
    if (videos.length + texts.length > maximumSmilFiles)
      throw new ManifestError('too_large', `more than ${maximumSmilFiles} files (maximumSmilFiles)`, element.line);
    element.children.forEach(visit);
  };
  for (const body of root.children) if (body.name.toLowerCase() === 'body') visit(body);
  if (videos.length === 0) throw new ManifestError('invalid', 'no <video> in its body', root.line);
  return { videos, texts };
}

function readVideo(element: ReadElement): SmilVideo {
  const attribute = attributesOf(element);
  return {
    src: source(element),
    languages: list(attribute('systemlanguage', 'system-language', 'language')),
    audioNames: list(attribute('audioname', 'audio-name')),
    includeAudio: list(attribute('includeaudio', 'include-audio')).map((value) => isTrue(value, element.line)),
    line: element.line,
  };
}

function readText(element: ReadElement): SmilText {
  const attribute = attributesOf(element);
  const language = attribute('systemlanguage', 'system-language', 'language');
  const name = attribute('subtitlename', 'subtitle-name');
  const said = { ...(language !== undefined && { language }), ...(name !== undefined && { name }) };
  return { src: source(element), ...said, line: element.line };
}

function source(element: ReadElement): string {
  const found = attributesOf(element)('src', 'name');
  if (found === undefined)
    throw new ManifestError('invalid', `<${element.name}> has neither src nor name`, element.line);
  return found;
}

/** The first of these names, in lower case, that the element has a value for. */
function attributesOf({ attributes }: ReadElement): (...names: string[]) => string | undefined {
  const lower = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value?.trim()]));
  return (...names) => names.map((name) => lower.get(name)).find((value) => value !== undefined && value !== '');
}

function list(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').map((item) => item.trim());
}

function isTrue(value: string, line: number): boolean {
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === '') return true;
  if (lower === 'false') return false;
  throw new ManifestError('invalid', `includeAudio: true or false is allowed; given: ${value.slice(0, 40)}`, line);
}
