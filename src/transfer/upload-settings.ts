import { z } from 'zod';
import { settings } from '../domain/setting.js';

export const uploadSettings = settings({
  REELWAY_UPLOAD_MEGABYTES: {
    about: 'How large an MP4 may be that is uploaded to be packaged; 0: nothing can be uploaded.',
    allowed: 'a whole number of megabytes (1,000,000 bytes), up to 1000000',
    default: '20000',
    schema: z
      .string()
      .regex(/^\d{1,7}$/)
      .transform(Number)
      .refine((value) => value <= 1_000_000),
  },
});
