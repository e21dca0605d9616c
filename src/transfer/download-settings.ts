import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';
import type { HostPattern } from './download-hosts.js';

const patterns = z.string().transform((text, context): readonly HostPattern[] => {
  const items = listItems(text).map((item) => item.toLowerCase());
  const wrong = items.find((item) => !/^(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/.test(item) || item === '*.');
  if (wrong === undefined && items.length > 0) return items;
  context.addIssue({ code: 'custom', message: `${wrong ?? 'nothing'} is no host` });
  return z.NEVER;
});

const whole = (smallest: number, largest: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .refine((value) => value >= smallest && value <= largest);

export const downloadSettings = settings({
  ZOOM_DOWNLOAD_HOSTS: {
    about: 'Hosts that files of recordings are fetched from and redirected to; our token goes nowhere else.',
    allowed: 'a list of `host`, `*.domain` or `host:port`',
    schema: patterns,
    default: 'zoom.us,*.zoom.us,*.zoomgov.com,*.zoom.com.cn',
  },
  INCOMPLETE_RECORDINGS: {
    about:
      'What becomes of a recording of which Zoom does not give a file: it waits for an operator, or is ingested without, which is then said.',
    allowed: 'wait or ingest',
    schema: z.enum(['wait', 'ingest']),
    default: 'wait',
  },
  RECORDINGS_KEEP_DAYS: {
    about:
      "How long our copies of a recording's files are kept after Opencast has finished with them; without it, for ever.",
    allowed: 'days, 1 to 3650',
    schema: whole(1, 3650),
  },
});
