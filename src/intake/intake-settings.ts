import { z } from 'zod';
import { settings } from '../domain/setting.js';

const minutes = (largest: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((value) => value <= largest);

export const intakeSettings = settings({
  LOCAL_TIME_ZONE: {
    about: "Time zone of the class schedule's times.",
    allowed: 'an IANA time zone, such as America/New_York',
    default: 'UTC',
    schema: z.string().refine((zone) => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
      } catch {
        return false;
      }
    }),
  },
  BUFFER_MINUTES: {
    about: 'A recording belongs to a class when it begins less than so many minutes before or after the class.',
    allowed: 'minutes, 0 to 720',
    default: '30',
    schema: minutes(720),
  },
  MINIMUM_DURATION: {
    about: 'Recordings shorter than this are ignored.',
    allowed: 'minutes, 0 to 1440',
    default: '2',
    schema: minutes(1440),
  },
  DEFAULT_SERIES_ID: {
    about:
      'Opencast series of recordings that no class of the schedule matches; without it they wait for a schedule that does.',
    allowed: 'a series id; None is none',
    schema: z.string().transform((id) => (id === 'None' ? undefined : id)),
  },
});
