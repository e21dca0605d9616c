/** RFC 9110 §14.4: `bytes 0-99/1234`, `bytes 0-99/*` or `bytes *∕1234`. */
export interface ContentRange {
  readonly start?: number;
  /** inclusive */
  readonly end?: number;
  /** of the whole */
  readonly size?: number;
}

/** Reads the header; undefined when it is absent or none of the three forms. */
export function contentRange(header: string | undefined): ContentRange | undefined {
  const [, start, end, size] = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/.exec(header?.trim() ?? '') ?? [];
  if (size === undefined) return undefined;
  return {
    ...(start !== undefined && { start: Number(start), end: Number(end) }),
    ...(size !== '*' && { size: Number(size) }),
  };
}
