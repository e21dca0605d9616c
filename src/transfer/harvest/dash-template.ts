import { ManifestError } from '../../manifest/manifest-error.js';

/** What the identifiers of a template stand for, ISO/IEC 23009-1 §5.3.9.4.4. */
export interface TemplateValues {
  readonly Number?: number | bigint;
  readonly Time?: bigint;
  readonly SubNumber?: number;
}

export interface Template {
  readonly uses: ReadonlySet<string>;
  /** The absolute address of one segment. */
  expand(values: TemplateValues): string;
}

const identifier = /\$(?:(RepresentationID|Number|Time|Bandwidth|SubNumber)(?:%0(\d{1,3})d)?)?\$/g;
type Part = string | { readonly name: keyof TemplateValues; readonly width: number };

/**
 * Prepares a template of one Representation for many expansions. The address is resolved once: only digits are put in later, and digits
 * change nothing in how an address is read, except in a port, where the expansion is resolved each time.
 * @param resolve the absolute address of a reference
 * @throws ManifestError for an identifier that the standard does not know, or a `$` without its partner
 */
export function compileTemplate(
  text: string,
  fixed: { readonly id: string | undefined; readonly bandwidth: string | undefined },
  { line, resolve }: { readonly line: number; readonly resolve: (reference: string) => string },
): Template {
  const parts = partsOf(text, fixed, line);
  const uses = new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])));
  const marker = unusedMarker(text);
  const resolved = tryResolve(resolve, parts.map((part) => (typeof part === 'string' ? part : marker)).join(''));
  const pieces = resolved?.split(marker);
  const slots = parts.filter((part) => typeof part !== 'string');
  if (!pieces || pieces.length !== slots.length + 1)
    return { uses, expand: (values) => resolve(parts.map((part) => fill(part, values)).join('')) };
  return {
    uses,
    expand(values) {
      let url = pieces[0] ?? '';
      for (let i = 0; i < slots.length; i++) url += fill(slots[i] ?? '', values) + (pieces[i + 1] ?? '');
      return url;
    },
  };
}

function partsOf(
  text: string,
  { id, bandwidth }: { readonly id: string | undefined; readonly bandwidth: string | undefined },
  line: number,
): Part[] {
  const parts: Part[] = [];
  let last = 0;
  const literal = (piece: string): void => {
    if (piece.includes('$')) throw unknownIdentifier(text, line);
    parts.push(piece);
  };
  for (const match of text.matchAll(identifier)) {
    literal(text.slice(last, match.index));
    last = match.index + match[0].length;
    const width = Number(match[2] ?? 0);
    switch (match[1]) {
      case undefined:
        parts.push('$');
        break;
      case 'RepresentationID':
        parts.push(needed(id, 'id', line));
        break;
      case 'Bandwidth':
        parts.push(needed(bandwidth, 'bandwidth', line).padStart(width, '0'));
        break;
      default:
        parts.push({ name: match[1] as keyof TemplateValues, width });
    }
  }
  literal(text.slice(last));
  return parts;
}

function fill(part: Part, values: TemplateValues): string {
  return typeof part === 'string' ? part : String(values[part.name] ?? '').padStart(part.width, '0');
}

/** Letters that the template does not hold, and that an address keeps as they are. */
function unusedMarker(text: string): string {
  let marker = 'reelway-number';
  while (text.toLowerCase().includes(marker)) marker += '-x';
  return marker;
}

function tryResolve(resolve: (reference: string) => string, text: string): string | undefined {
  try {
    return resolve(text);
  } catch {
    return undefined;
  }
}

function needed(value: string | undefined, name: string, line: number): string {
  if (value !== undefined) return value;
  throw new ManifestError('invalid', `a template uses the Representation's @${name}, which is missing`, line);
}

function unknownIdentifier(text: string, line: number): ManifestError {
  return new ManifestError(
    'invalid',
    `a template may use $RepresentationID$, $Number$, $Time$, $Bandwidth$, $SubNumber$ and $$; given: ${text.replace(/\?.*/s, '').slice(0, 120)}`,
    line,
  );
}
