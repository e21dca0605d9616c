import { resolve } from 'node:path';
import { z } from 'zod';
import { settings } from '../../domain/setting.js';

export const timetableSettings = settings({
  GSHEETS_DOC_ID: {
    about: 'The Google spreadsheet that holds the class schedule.',
    allowed: "the id in the spreadsheet's address",
    schema: z.string().regex(/^[\w-]{1,200}$/),
  },
  GSHEETS_SHEET_NAMES: {
    about: 'Its sheets that hold classes.',
    allowed: 'names of sheets, separated by commas',
    schema: z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      )
      .pipe(z.array(z.string()).min(1)),
  },
  GSHEETS_CREDENTIALS_FILE: {
    about: 'Key of the Google service account that may read the spreadsheet, as Google gives it.',
    allowed: 'a JSON file with client_email and private_key',
    schema: z.string().transform((file) => resolve(file)),
  },
  GSHEETS_API_BASE_URL: {
    about: 'The Google Sheets API.',
    allowed: 'an http or https URL without query',
    default: 'https://sheets.googleapis.com',
    schema: z.url({ protocol: /^https?$/, abort: true }).transform((text) => text.replace(/\/$/, '')),
  },
  SCHEDULE_UPDATE_SECRET: {
    about: 'Lets the script in the spreadsheet call /schedule_update, beside the tokens of REELWAY_API_TOKENS.',
    allowed: 'at least 16 characters',
    schema: z.string().min(16),
    mask: () => '***',
  },
});
