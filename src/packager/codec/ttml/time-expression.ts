import { textTimescale } from '../../model/text.js';

/** What the root of a document says of its times, TTML2 §7.2. */
export interface TimeParameters {
  /** Frames per second, with the multiplier. */
  readonly frameRate: number;
  readonly subFrameRate: number;
  /** Ticks per second. */
  readonly tickRate: number;
}

/** @param parameter the value of a parameter attribute by its local name */
export function readTimeParameters(parameter: (name: string) => string | undefined): TimeParameters {
  const said = positive(parameter('frameRate'));
  const [numerator = 1, denominator = 1] = (parameter('frameRateMultiplier') ?? '1 1')
    .split(/[\s:]+/)
    .map((part) => positive(part) ?? 1);
  const frameRate = ((said ?? 30) * numerator) / denominator;
  const subFrameRate = positive(parameter('subFrameRate')) ?? 1;
  const tickRate = positive(parameter('tickRate')) ?? (said === undefined ? 1 : frameRate * subFrameRate);
  return { frameRate, subFrameRate, tickRate };
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** A time expression of TTML2 §12.3.1 in ticks of textTimescale; undefined for what is none. */
export function readTimeExpression(text: string, parameters: TimeParameters): number | undefined {
  const seconds = clockTime(text.trim(), parameters) ?? offsetTime(text.trim(), parameters);
  return seconds === undefined ? undefined : Math.round(seconds * textTimescale);
}

/** `hours:minutes:seconds`, and a fraction or frames. */
function clockTime(text: string, { frameRate, subFrameRate }: TimeParameters): number | undefined {
  const match = /^(\d{2,6}):([0-5]\d):([0-5]\d|60)(?:(\.\d{1,12})|:(\d{2,4})(?:\.(\d{1,4}))?)?$/.exec(text);
  if (!match) return undefined;
  const [hours = 0, minutes = 0, seconds = 0, fraction = 0, frames = 0, subFrames = 0] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  return hours * 3600 + minutes * 60 + seconds + fraction + (frames + subFrames / subFrameRate) / frameRate;
}

/** `12.5s`, `3f`, `400t` */
function offsetTime(text: string, { frameRate, tickRate }: TimeParameters): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,12})?)(h|ms|m|s|f|t)$/.exec(text);
  if (!match) return undefined;
  const metric = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / frameRate, t: 1 / tickRate }[match[2] as 'h'];
  return Number(match[1]) * metric;
}
