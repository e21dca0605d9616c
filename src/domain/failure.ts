import { recordingFailures } from './recording-failures.js';

/**
 * Every failure that Reelway expects, in one table. The code is stable: the API, the dashboard, alerts and exit messages share it.
 *
 * - `permanent`: the same input fails again; an operator must change something. Lands in the dead-letter view at once.
 * - `passing`: waiting may cure it. `workflow/step.ts` alone decides how often it is tried again.
 * - `status`: what the HTTP API answers (RFC 9110).
 * - `help`: what the reader should do now; one sentence.
 */
export const failureTable = {
  usage: { kind: 'permanent', status: 400, title: 'Wrong usage', help: 'See --help for what is allowed.' },
  invalid_settings: {
    kind: 'permanent',
    status: 500,
    title: 'Settings are not usable',
    help: 'Correct the listed settings; `reelway doctor` shows the effective ones.',
  },
  invalid_request: {
    kind: 'permanent',
    status: 400,
    title: 'The request is not valid',
    help: 'Correct the named fields and send it again.',
  },
  unauthorized: {
    kind: 'permanent',
    status: 401,
    title: 'No valid token',
    help: 'Send `Authorization: Bearer <secret>` with a token of this server.',
  },
  forbidden: { kind: 'permanent', status: 403, title: 'Not allowed', help: 'Use a token or header that may do this.' },
  not_found: { kind: 'permanent', status: 404, title: 'Not found', help: 'Check the identifier.' },
  conflict: {
    kind: 'permanent',
    status: 409,
    title: 'In conflict with what exists',
    help: 'Use another identifier, or look at what exists first.',
  },
  oidc_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'The OpenID provider does not answer',
    help: 'Sign in with a token, or try again; check OIDC_ISSUER.',
  },
  oidc_refused: {
    kind: 'permanent',
    status: 401,
    title: 'The sign-in did not succeed',
    help: 'Sign in again; if it stays so, check OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and the redirect URI at the provider.',
  },
  too_large: {
    kind: 'permanent',
    status: 413,
    title: 'Larger than the limit',
    help: 'Make the input smaller, or raise the named limit.',
  },
  internal: {
    kind: 'passing',
    status: 500,
    title: 'Unexpected error',
    help: 'This is a defect of Reelway: please report it with the log.',
  },

  url_refused: {
    kind: 'permanent',
    status: 422,
    title: 'The address may not be used',
    help: 'Use a public https address, or list the host in REELWAY_PRIVATE_HOSTS; files must lie in the folder of their source, or below it.',
  },
  source_not_found: {
    kind: 'permanent',
    status: 422,
    title: 'The source is missing',
    help: 'Check that the named file or address exists and may be read.',
  },
  source_forbidden: {
    kind: 'permanent',
    status: 422,
    title: 'The source may not be read',
    help: 'Check the credentials and permissions of the source.',
  },
  source_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'The source does not answer',
    help: 'It is tried again by itself; check the origin if it stays so.',
  },
  source_changed: {
    kind: 'permanent',
    status: 422,
    title: 'The source changed during the work',
    help: 'Start again when the source is at rest.',
  },
  source_live: {
    kind: 'permanent',
    status: 422,
    title: 'The source is live',
    help: 'Harvest it when it has ended.',
  },
  source_invalid: {
    kind: 'permanent',
    status: 422,
    title: 'The source cannot be packaged',
    help: 'Repair or re-encode the source at the named place.',
  },
  source_unsupported: {
    kind: 'permanent',
    status: 422,
    title: 'The source uses what Reelway does not support',
    help: 'Re-encode the source, or package it by AWS Elemental MediaPackage.',
  },
  source_encrypted: {
    kind: 'permanent',
    status: 422,
    title: 'The source is encrypted',
    help: 'Give a clear source, or HLS with AES-128 whose keys can be read.',
  },
  source_misaligned: {
    kind: 'permanent',
    status: 422,
    title: 'The renditions do not line up',
    help: 'Encode all renditions with the same key frame and segment times.',
  },
  source_too_large: {
    kind: 'permanent',
    status: 422,
    title: 'The source exceeds a limit',
    help: 'Cut the source differently, or raise the named limit.',
  },
  configuration_invalid: {
    kind: 'permanent',
    status: 422,
    title: 'The packaging configuration is not valid',
    help: 'Correct the named fields.',
  },
  configuration_unsupported: {
    kind: 'permanent',
    status: 422,
    title: 'The packaging configuration asks for what Reelway cannot honour',
    help: 'Remove the named field, or let AWS Elemental MediaPackage do it.',
  },

  storage_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'The storage does not answer',
    help: 'It is tried again by itself; `reelway doctor` checks the storage.',
  },
  storage_forbidden: {
    kind: 'permanent',
    status: 500,
    title: 'The storage refuses',
    help: 'Check the permissions of the named folder or bucket.',
  },
  storage_full: {
    kind: 'passing',
    status: 507,
    title: 'The storage is full',
    help: 'Make room; the work goes on where it stopped.',
  },
  destination_occupied: {
    kind: 'permanent',
    status: 409,
    title: 'The destination holds other objects',
    help: 'Choose another destination or asset id, or remove what is there.',
  },
  inventory_damaged: {
    kind: 'permanent',
    status: 500,
    title: 'The inventory cannot be read',
    help: 'Remove the folder that it describes; what was in it is then made anew.',
  },

  data_folder_in_use: {
    kind: 'permanent',
    status: 500,
    title: 'Another process uses the data folder',
    help: 'Stop the other process, or set another REELWAY_DATA_DIR.',
  },
  port_in_use: {
    kind: 'permanent',
    status: 500,
    title: 'The port is taken',
    help: 'Stop what uses it, or set another REELWAY_PORT.',
  },
  server_unreachable: {
    kind: 'passing',
    status: 503,
    title: 'The running server does not answer',
    help: 'Check that `reelway serve` of this data folder is well, or stop it and try again.',
  },
  database_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'The database does not answer',
    help: 'Check DATABASE_URL and the server behind it.',
  },
  backup_damaged: {
    kind: 'permanent',
    status: 500,
    title: 'The backup is not whole',
    help: 'Take another backup; this one was cut short, or changed afterwards.',
  },
  restore_unfinished: {
    kind: 'permanent',
    status: 500,
    title: 'A restore was stopped in the middle',
    help: 'Run the same `reelway restore` again; it begins anew.',
  },
  database_newer: {
    kind: 'permanent',
    status: 500,
    title: 'The database belongs to a newer Reelway',
    help: 'Start that version, or use another REELWAY_DATA_DIR or DATABASE_URL.',
  },
  worker_lost: {
    kind: 'permanent',
    status: 500,
    title: 'The process ended too often during the job',
    help: 'Look in the log for why it ended (memory, for example), then retry the job.',
  },
  batch_incomplete: {
    kind: 'permanent',
    status: 500,
    title: 'Requests of the batch failed',
    help: 'Mend what the file of failures names, and run that file as a batch.',
  },
  notice_undeliverable: {
    kind: 'passing',
    status: 502,
    title: 'A notice could not be delivered',
    help: 'Check the target in REELWAY_NOTIFY.',
  },
  notice_refused: {
    kind: 'permanent',
    status: 502,
    title: 'A notice was refused',
    help: 'Check the target in REELWAY_NOTIFY, then retry the job.',
  },
  aws_credentials: {
    kind: 'permanent',
    status: 502,
    title: 'AWS does not know us',
    help: 'Give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role, and AWS_REGION; look whether they are still good.',
  },
  mediapackage_unavailable: {
    kind: 'passing',
    status: 503,
    title: 'MediaPackage does not answer',
    help: 'It is tried again by itself; check the region, the endpoint and the quotas of AWS if it stays so.',
  },
  mediapackage_refused: {
    kind: 'permanent',
    status: 422,
    title: 'MediaPackage refuses',
    help: 'Check the named resource, and the permissions and region of the credentials.',
  },
  endpoint_failed: {
    kind: 'permanent',
    status: 422,
    title: 'The packaging service failed to make an endpoint',
    help: 'Look at the events of the asset in the service, mend the source or the configuration, and use another asset id.',
  },
  endpoint_not_playable: {
    kind: 'permanent',
    status: 504,
    title: 'An endpoint did not become playable in time',
    help: 'Look at the asset in the packaging service; retry the job to wait again.',
  },
  endpoints_failed: {
    kind: 'permanent',
    status: 500,
    title: 'Endpoints of the asset failed',
    help: 'See the failed jobs of the endpoints, mend the cause, and retry the asset.',
  },

  ...recordingFailures,
  cancelled: { kind: 'permanent', status: 409, title: 'Cancelled', help: 'Retry the job to go on.' },
} as const satisfies Record<string, FailureEntry>;

interface FailureEntry {
  readonly kind: 'permanent' | 'passing';
  readonly status: number;
  readonly title: string;
  readonly help: string;
}

export type FailureCode = keyof typeof failureTable;

/** Small, JSON-safe facts that locate the failure: setting, url, rendition, segment, byteOffset, time, allowed, given. */
export type FailureDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * An expected failure. `message` says what was wrong, what is allowed and what was given; never a secret.
 * Survives serialisation by the engine: `toFailure` recovers it from a plain object.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, options: { details?: FailureDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get kind(): 'permanent' | 'passing' {
    return failureTable[this.code].kind;
  }
  get help(): string {
    return failureTable[this.code].help;
  }
}

function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(failureTable, code);
}

/** Any thrown thing as a Failure: itself, a revived copy of one, or `internal` around the unexpected. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (typeof error === 'object' && error !== null && 'code' in error && isFailureCode(error.code)) {
    const { message, details } = error as { message?: unknown; details?: FailureDetails };
    return new Failure(error.code, typeof message === 'string' ? message : failureTable[error.code].title, {
      ...(details && { details }),
      cause: error,
    });
  }
  return new Failure('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
