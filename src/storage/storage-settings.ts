import { z } from 'zod';
import { settings } from '../domain/setting.js';
import { parseLocation, type StorageLocation } from './location.js';

const storageLocation = z.string().transform((text, context): StorageLocation => {
  // A scheme is needed here: `REELWAY_STORAGE=s3:bucket` mistyped should not become a folder of that name.
  const location = /^(file:|s3:\/\/)/.test(text) ? parseLocation(text) : undefined;
  if (location) return location;
  context.addIssue({ code: 'custom', message: 'neither file: nor s3://' });
  return z.NEVER;
});

export const storageSettings = settings({
  REELWAY_STORAGE: {
    about: 'Where packaged media is kept; without it, in the folder `media` of the data folder.',
    allowed: '`file:<folder>` or `s3://<bucket>/<prefix>`',
    schema: storageLocation,
  },
});
