/** What can be wrong with a source or a configuration. The names are those of the failure table, so that nothing needs translating. */
export type PackagerErrorCode =
  | 'source_changed'
  | 'source_invalid'
  | 'source_unsupported'
  | 'source_encrypted'
  | 'source_misaligned'
  | 'source_too_large'
  | 'configuration_invalid'
  | 'configuration_unsupported';

/** Where it is wrong, as far as it is known. */
export interface ErrorLocation {
  /** The resource that was being read. */
  readonly uri?: string;
  /** `r1`, `r2`, ... as in the AssetIndex. */
  readonly rendition?: string;
  /** Ordinal of the segment within its rendition, from 1. */
  readonly segment?: number;
  /** Offset in the resource, bytes. */
  readonly byteOffset?: number;
  /** Presentation time on the period's time line, seconds. */
  readonly time?: number;
  /** Line of a playlist, from 1. */
  readonly line?: number;
  /** Field of the packaging configuration, e.g. `CmafPackage.Encryption`. */
  readonly field?: string;
}

/** An expected failure of the packager. `details` has the shape that `toFailure` reads. */
export class PackagerError extends Error {
  override readonly name = 'PackagerError';
  readonly code: PackagerErrorCode;
  /** The message without the location. */
  readonly reason: string;
  readonly location: ErrorLocation;

  /** @param reason what was wrong, what is allowed, what was given; the location is appended to it */
  constructor(
    code: PackagerErrorCode,
    reason: string,
    location: ErrorLocation = {},
    options?: { readonly cause?: unknown },
  ) {
    super(`${reason}${describe(location)}`, options);
    this.code = code;
    this.reason = reason;
    this.location = location;
  }

  get details(): Readonly<Record<string, string | number>> {
    return { ...this.location };
  }

  /** The same error, with what an outer caller knows of the place; what the inner one said stays. */
  at(location: ErrorLocation): PackagerError {
    return new PackagerError(this.code, this.reason, { ...location, ...this.location }, { cause: this.cause });
  }
}

function describe(location: ErrorLocation): string {
  const words = [
    location.field !== undefined && `field ${location.field}`,
    location.rendition !== undefined && `rendition ${location.rendition}`,
    location.segment !== undefined && `segment ${location.segment}`,
    location.line !== undefined && `line ${location.line}`,
    location.byteOffset !== undefined && `byte ${location.byteOffset}`,
    location.time !== undefined && `at ${location.time.toFixed(3)} s`,
    location.uri,
  ].filter(Boolean);
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}
