import { resolve } from 'node:path';
import { z } from 'zod';
import { settings } from '../domain/setting.js';

/** Which store `wiring` opens. */
export type StorageLocation =
  | { readonly kind: 'file'; /** absolute path */ readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** without leading or trailing slash; may be empty */ readonly prefix: string;
    };

const storageLocation = z.string().transform((text, context): StorageLocation => {
  const [, folder] = /^file:(?:\/\/(?=\/))?(.+)$/.exec(text) ?? [];
  if (folder !== undefined && !folder.startsWith('//')) return { kind: 'file', folder: resolve(folder) };
  // S3 bucket names: 3 to 63 of lower case letters, digits, dots and hyphens.
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  const path = prefix.replace(/\/$/, '');
  if (bucket !== undefined && (path === '' || path.split('/').every((part) => !['', '.', '..'].includes(part))))
    return { kind: 's3', bucket, prefix: path };
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
