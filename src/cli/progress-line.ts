import { rateMeter, type Rate } from '../view/progress-rate.js';
import type { ProgressPart } from './measure.js';
import { barText, plainText } from './progress-text.js';

export interface ProgressLine {
  /** Shows how far each is; cheap to call often. */
  update(...parts: readonly ProgressPart[]): void;
  /** Takes it off the screen so that other output can follow; the next `update` shows it again. */
  clear(): void;
}

/** Bars that are drawn anew in place, for a person; lines now and then, for a log; nothing, for a program. */
export type ProgressStyle = 'bars' | 'lines' | 'none';

/** milliseconds between plain lines where the output is a file or a pipe: a log, not a flood */
const plainInterval = 5000;
/** milliseconds between drawings */
const paintInterval = 100;
/** bars at a time, where the screen has place for them */
const mostBars = 12;

type Output = NodeJS.WritableStream & { columns?: number; rows?: number };

interface ProgressOptions {
  readonly style: ProgressStyle;
  readonly unicode?: boolean;
  readonly now?: () => number;
}

export function progressLine(out: Output, { style, unicode = false, now = Date.now }: ProgressOptions): ProgressLine {
  const interval = style === 'bars' ? paintInterval : plainInterval;
  const rates = rateMeter();
  let last = Number.NEGATIVE_INFINITY;
  /** lines that stand on the screen */
  let shown = 0;

  function rateOf(part: ProgressPart): Rate | undefined {
    if (typeof part === 'string') return undefined;
    const { name, done, total, bytes } = part;
    rates.add(name, { at: now(), done, total, bytes });
    return rates.rate(name);
  }

  function draw(lines: readonly string[]): void {
    // To the beginning of the first line, and everything from there is gone (ECMA-48 8.3.22, 8.3.39).
    const back = shown === 0 ? '' : `\r${shown > 1 ? `\u001B[${shown - 1}A` : ''}\u001B[J`;
    out.write(back + lines.join('\n'));
    shown = lines.length;
  }

  return {
    update: (...parts) => {
      if (style === 'none') return;
      const rated = parts.map((part) => ({ part, rate: rateOf(part) }));
      if (now() - last < interval) return;
      last = now();
      if (style === 'lines') {
        out.write(
          `${rated.map(({ part, rate }) => (typeof part === 'string' ? part : plainText(part, rate))).join('; ')}\n`,
        );
        return;
      }
      // One column stays free: a full line makes some terminals wrap. A terminal that does not know its size says 0.
      const width = (out.columns || 80) - 1;
      const place = Math.max(1, Math.min(mostBars, (out.rows || 24) - 1));
      const names = parts.map((part) => (typeof part === 'string' ? 0 : part.name.length));
      const nameWidth = Math.min(Math.max(0, ...names), Math.floor(width / 3));
      const lines = rated.map(({ part, rate }) =>
        typeof part === 'string' ? part.slice(0, width) : barText(part, rate, { width, nameWidth, unicode }),
      );
      draw(lines.length > place ? [...lines.slice(0, place - 1), `and ${lines.length - place + 1} more`] : lines);
    },
    clear: () => {
      if (shown === 0) return;
      draw([]);
      last = Number.NEGATIVE_INFINITY;
    },
  };
}
