import { z } from 'zod';
import { Failure } from '../domain/failure.js';

/** What a person asks for: zoom-recording-ingester's parameters. */
export interface OnDemandRequest {
  /** of the recording; a meeting's number stands for its latest recording */
  readonly uuid: string;
  readonly seriesId?: string;
  readonly opencastWorkflow?: string;
  readonly allowMultipleIngests: boolean;
  readonly ingestAllMp4: boolean;
}

const optionalText = z
  .union([z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => String(value ?? '').trim());
/** Forms send text. */
const flag = z
  .union([z.boolean(), z.number(), z.string(), z.null()])
  .optional()
  .transform(
    (value) => value === true || value === 1 || (typeof value === 'string' && /^(true|1|yes|on)$/i.test(value)),
  );

const schema = z.object({
  uuid: z.union([z.string(), z.number()]).transform((value) => String(value).trim()),
  oc_series_id: optionalText,
  oc_workflow: optionalText,
  allow_multiple_ingests: flag,
  ingest_all_mp4: flag,
});

/** characters; Zoom's uuids have 24, links a few hundred */
const longestUuid = 2000;

/**
 * Reads a request for one recording. `uuid` may be a link to it in Zoom, as people copy it.
 * @throws Failure invalid_request; not_found for a link that names no recording
 */
export function requestOnDemand(json: unknown): OnDemandRequest {
  if (typeof json !== 'object' || json === null || !('uuid' in json) || json.uuid === '')
    throw invalid('Missing recording uuid field in webhook notification body.');
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw invalid(
      `Bad data: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  const { uuid: given, oc_series_id: seriesId, oc_workflow: workflow } = parsed.data;
  if (given.length > longestUuid) throw invalid(`Bad data: uuid is longer than ${longestUuid} characters.`);
  return {
    uuid: /^https?:/i.test(given) ? uuidOfLink(given) : given,
    ...(seriesId !== '' && { seriesId }),
    ...(workflow !== '' && { opencastWorkflow: workflow }),
    allowMultipleIngests: parsed.data.allow_multiple_ingests,
    ingestAllMp4: parsed.data.ingest_all_mp4,
  };
}

/** `https://zoom.us/recording/detail?meeting_id=...`. A plus sign in it is one: people's links are not encoded as forms are. */
function uuidOfLink(link: string): string {
  const query = URL.canParse(link) ? new URL(link).search : '';
  const [, encoded = ''] = /[?&]meeting_id=([^&]*)/.exec(query) ?? [];
  const uuid = decoded(encoded).trim();
  if (uuid !== '') return uuid;
  throw new Failure('not_found', "Zoom URL is malformed or missing 'meeting_id' param.");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(message: string): Failure {
  return new Failure('invalid_request', message);
}
