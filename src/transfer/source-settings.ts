import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';
import { isRolePattern } from '../domain/source-role.js';

const roles = z
  .string()
  .transform(listItems)
  .refine((items) => items.every(isRolePattern));

export const sourceSettings = settings({
  REELWAY_SOURCE_ROLES: {
    about:
      'IAM roles that requests may name (`SourceRoleArn`) to read sources in S3 with; without it none is assumed, and sources are read with the own credentials.',
    allowed:
      'a list of role ARNs; `*` at the end stands for any rest of the name: `arn:aws:iam::123456789012:role/media-*`',
    schema: roles,
    default: '',
  },
  REELWAY_SOURCE_EXTERNAL_ID: {
    about: 'External ID that is sent when a role of REELWAY_SOURCE_ROLES is assumed: what its trust policy asks for.',
    allowed: '2 to 1224 letters, digits and `_+=,.@:/-`',
    schema: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/),
  },
});
