/** milliseconds */
export interface Timeouts {
  /** name resolution, connection and TLS together; default 10 s */
  readonly connect: number;
  /** from the request being sent to the answer's headers; default 30 s */
  readonly headers: number;
  /** between two pieces of the body while somebody waits for it; default 30 s */
  readonly idle: number;
  /** the whole exchange; default 1 hour */
  readonly total: number;
}

export const defaultTimeouts: Timeouts = { connect: 10_000, headers: 30_000, idle: 30_000, total: 3_600_000 };
