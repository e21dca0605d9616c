/**
 * How quantities are written. A terminal counts in 1024 and keeps its columns, a browser counts in 1000 and writes numbers as its language
 * does: what is said is the same.
 */
export interface Quantities {
  /** how many */
  readonly count: (value: number) => string;
  /** how much */
  readonly decimal: (value: number) => string;
  readonly bytes: (bytes: number) => string;
  /** of milliseconds */
  readonly duration: (milliseconds: number) => string;
}
