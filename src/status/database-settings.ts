import { resolve } from 'node:path';
import { z } from 'zod';
import { settings } from '../domain/setting.js';

export const databaseSettings = settings({
  REELWAY_DATA_DIR: {
    about: 'Folder of the embedded database, the lock and, unless told otherwise, the media.',
    allowed: 'a folder that this user may write; made when it is missing',
    default: './data',
    schema: z.string().transform((folder) => resolve(folder)),
  },
  DATABASE_URL: {
    about: 'PostgreSQL server (15 or later) to use in place of the embedded database.',
    allowed: 'a postgres:// or postgresql:// URL with a database name',
    schema: z.url({ protocol: /^postgres(ql)?$/, abort: true }).refine((text) => new URL(text).pathname.length > 1),
    mask: maskPassword,
  },
});

function maskPassword(text: string): string {
  if (!URL.canParse(text)) return '***';
  const url = new URL(text);
  if (url.password !== '') url.password = '***';
  if (url.searchParams.has('password')) url.searchParams.set('password', '***');
  return url.href;
}
