/**
 * Bytes that do not follow their format. The cursors throw it, and parsers throw it for values that are not allowed; whoever knows
 * where the bytes came from turns it into a PackagerError.
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
  /** bytes from the start of what was parsed */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at byte ${offset}`);
    this.offset = offset;
  }
}
