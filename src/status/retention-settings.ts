import { z } from 'zod';
import { settings } from '../domain/setting.js';

const longestDays = 36_500;
const days = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((count) => count >= 1 && count <= longestDays);
const allowed = `a whole number of days from 1 to ${longestDays}`;

export const retentionSettings = settings({
  REELWAY_KEEP_JOBS: {
    about: 'How long the history of jobs stays that are done, cancelled or dismissed. What they made stays.',
    allowed,
    default: '30',
    schema: days,
  },
  REELWAY_KEEP_FAILED_JOBS: {
    about: 'How long failed jobs stay that nobody has retried or dismissed.',
    allowed,
    default: '365',
    schema: days,
  },
  REELWAY_KEEP_EVENTS: {
    about: 'How long the raw form of handled webhooks stays, for replay.',
    allowed,
    default: '30',
    schema: days,
  },
});
