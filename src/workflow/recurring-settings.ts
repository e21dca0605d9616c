import { z } from 'zod';
import { settings } from '../domain/setting.js';

const wholeNumber = (largest: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((value) => value <= largest);

export const recurringSettings = settings({
  ZOOM_SWEEP_MINUTES: {
    about: "How often Zoom's list is looked through for recordings that no webhook announced; 0: never.",
    allowed: 'minutes, 0 to 1440',
    default: '60',
    schema: wholeNumber(1440),
  },
  ZOOM_SWEEP_DAYS: {
    about: 'How many days back such a look goes.',
    allowed: 'days, 1 to 180',
    default: '3',
    schema: wholeNumber(180).refine((value) => value >= 1),
  },
  ZOOM_TRASH_AFTER_DAYS: {
    about:
      "How many days after Opencast has finished and published a recording it is put into Zoom's trash, which keeps it for 30 days; without it nothing is touched in Zoom.",
    allowed: 'days, 1 to 365',
    schema: wholeNumber(365).refine((value) => value >= 1),
  },
  REELWAY_ALERT_CLASS_HOURS: {
    about:
      'Hours after the beginning of a scheduled class by which its recording must be known, else somebody is told: two more than classes last, because schedules hold no end; 0: never.',
    allowed: 'hours, 0 to 23',
    default: '4',
    schema: wholeNumber(23),
  },
  SCHEDULE_SYNC_MINUTES: {
    about: 'How often the spreadsheet of GSHEETS_DOC_ID is read; 0: only when /schedule_update is called.',
    allowed: 'minutes, 0 to 1440',
    default: '60',
    schema: wholeNumber(1440),
  },
});
