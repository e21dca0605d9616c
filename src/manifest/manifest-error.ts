/** A manifest that cannot be read. The message names the line. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  /** `too_large`: a named limit was exceeded. */
  readonly reason: 'invalid' | 'too_large';
  /** from 1 */
  readonly line: number | undefined;

  constructor(reason: 'invalid' | 'too_large', message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.reason = reason;
    this.line = line;
  }
}
