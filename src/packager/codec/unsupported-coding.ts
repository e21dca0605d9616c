/** A stream that follows its standard in a way that we do not package. Whoever knows where it came from makes a PackagerError of it. */
export class UnsupportedCodingError extends Error {
  override readonly name = 'UnsupportedCodingError';
  /** bytes from the start of the elementary stream */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}
