import { z } from 'zod';
import { settings } from '../../domain/setting.js';
import { ingestProfileSchema, ingestProfiles } from './ingest-profile.js';

const hidden = () => '***';
const text = z.string().trim().min(1);
const whole = (smallest: number, largest: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= smallest && value <= largest);

const profileChanges = z.string().transform((given, context) => {
  try {
    const changes = ingestProfileSchema.partial().safeParse(JSON.parse(given));
    if (changes.success) return changes.data;
    const [issue] = changes.error.issues;
    context.addIssue({ code: 'custom', message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
  }
  return z.NEVER;
});

export const opencastSettings = settings({
  OPENCAST_BASE_URL: {
    about:
      'The Opencast that recordings are ingested into (its admin node). Without it, the recordings line does not ingest.',
    allowed: 'an http or https URL',
    schema: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, '')),
  },
  OPENCAST_AUTH: {
    about: 'How Opencast knows us: digest for its system account, basic for users, token for its JWT filter.',
    allowed: 'digest, basic or token',
    schema: z.enum(['digest', 'basic', 'token']),
    default: 'digest',
  },
  OPENCAST_API_USER: { about: 'Our user in Opencast.', allowed: 'a user name', schema: text },
  OPENCAST_API_PASSWORD: {
    about: "That user's password.",
    allowed: 'a password',
    schema: z.string().min(1),
    mask: hidden,
  },
  OPENCAST_TOKEN: { about: 'The token, with OPENCAST_AUTH=token.', allowed: 'a token', schema: text, mask: hidden },
  OPENCAST_TOKEN_HEADER: {
    about: 'The header that carries the token; Authorization has it as a Bearer token.',
    allowed: 'the name of a header',
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    default: 'Authorization',
  },
  OPENCAST_PROFILE: {
    about: 'Flavors, tags and workflow properties of ingests, and how they are sent.',
    allowed: 'stock (any Opencast) or harvard (what zoom-recording-ingester sends)',
    schema: z.enum(Object.keys(ingestProfiles) as (keyof typeof ingestProfiles)[]),
    default: 'stock',
  },
  OPENCAST_PROFILE_CHANGES: {
    about: 'Fields of the profile that are different at this Opencast, docs/opencast.md.',
    allowed: 'JSON such as {"published":["presenter/source","presentation/source","other/source"]}',
    schema: profileChanges,
  },
  DEFAULT_OC_WORKFLOW: {
    about: 'Workflow of ingests that name none.',
    allowed: 'the id of a workflow definition',
    schema: text,
    default: 'fast',
  },
  DEFAULT_PUBLISHER: {
    about: 'Publisher of events whose series has none.',
    allowed: 'a name or mail address',
    schema: text,
  },
  OVERRIDE_PUBLISHER: { about: 'Publisher of all events.', allowed: 'a name or mail address', schema: text },
  OC_TRACK_UPLOAD_MAX: {
    about:
      'While as many ingests send to Opencast, of all processes, or Opencast takes in as many tracks, no further one begins.',
    allowed: '1 to 1000',
    schema: whole(1, 1000),
    default: '20',
  },
  OPENCAST_MEDIA: {
    about:
      'How media comes to Opencast: it fetches from signed addresses (of S3, or of this server at REELWAY_PUBLIC_URL), or we upload.',
    allowed: 'url or upload',
    schema: z.enum(['url', 'upload']),
    default: 'url',
  },
  OPENCAST_MEDIA_HOURS: {
    about: 'How long signed addresses are good. Opencast fetches one file after the other.',
    allowed: 'hours, 1 to 168',
    schema: whole(1, 168),
    default: '48',
  },
  OPENCAST_CAPTIONS_WORKFLOW: {
    about: 'Workflow that publishes an event again after a late transcript was added to it; none without it.',
    allowed: 'the id of a workflow definition',
    schema: text,
  },
});

/** What is missing, for people; undefined when no Opencast was set, or all that is needed. */
export function opencastProblem(given: {
  readonly OPENCAST_BASE_URL?: string | undefined;
  readonly OPENCAST_AUTH: 'digest' | 'basic' | 'token';
  readonly OPENCAST_API_USER?: string | undefined;
  readonly OPENCAST_API_PASSWORD?: string | undefined;
  readonly OPENCAST_TOKEN?: string | undefined;
}): string | undefined {
  if (given.OPENCAST_BASE_URL === undefined) return undefined;
  if (given.OPENCAST_AUTH === 'token')
    return given.OPENCAST_TOKEN === undefined ? 'OPENCAST_TOKEN is needed with OPENCAST_AUTH=token' : undefined;
  const complete = given.OPENCAST_API_USER !== undefined && given.OPENCAST_API_PASSWORD !== undefined;
  return complete ? undefined : 'OPENCAST_API_USER and OPENCAST_API_PASSWORD are needed with OPENCAST_BASE_URL';
}
