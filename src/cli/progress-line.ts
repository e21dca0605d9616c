export interface ProgressLine {
  /** Shows the text; cheap to call often. */
  update(text: string): void;
  /** Takes the line off the screen so that other output can follow; the next `update` shows it again. */
  clear(): void;
}

/** milliseconds between plain lines where the output is a file or a pipe: a log, not a flood */
const plainInterval = 5000;
/** milliseconds between repaints of a terminal line */
const paintInterval = 100;

interface ProgressOptions {
  readonly interactive: boolean;
  readonly now?: () => number;
}

export function progressLine(
  out: NodeJS.WritableStream & { columns?: number },
  { interactive, now = Date.now }: ProgressOptions,
): ProgressLine {
  const interval = interactive ? paintInterval : plainInterval;
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    update: (text) => {
      if (now() - last < interval) return;
      last = now();
      if (!interactive) {
        out.write(`${text}\n`);
        return;
      }
      // One column stays free: a full line makes some terminals wrap.
      out.write(`\r\u001B[2K${text.slice(0, (out.columns ?? 80) - 1)}`);
      shown = true;
    },
    clear: () => {
      if (!shown) return;
      out.write('\r\u001B[2K');
      shown = false;
      last = Number.NEGATIVE_INFINITY;
    },
  };
}
