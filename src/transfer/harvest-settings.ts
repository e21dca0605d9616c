import { z } from 'zod';
import { settings } from '../domain/setting.js';

const positive = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/)
  .transform(Number)
  .refine((value) => value > 0);

export const harvestSettings = settings({
  REELWAY_HARVEST_CONCURRENCY: {
    about:
      'Objects that harvests have under way at once: requests in flight to one host, over all harvests and processes of a database, and objects of one harvest.',
    allowed: 'a whole number from 1 to 256',
    default: '20',
    schema: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .refine((value) => value >= 1 && value <= 256),
  },
  REELWAY_HARVEST_RATE: {
    about:
      'Requests per second to one host, over all harvests and processes of a database, at most; without it as many as the host bears: 429, 503 and Retry-After are heeded.',
    allowed: 'a number above 0',
    schema: positive,
  },
  REELWAY_HARVEST_BANDWIDTH: {
    about:
      'Megabytes (1,000,000 bytes) per second from one host, over all harvests and processes of a database, at most.',
    allowed: 'a number above 0',
    schema: positive,
  },
});
