import { pino, type Logger, type LoggerOptions } from 'pino';
import { z } from 'zod';
import { settings } from './domain/setting.js';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const logSettings = settings({
  LOG_LEVEL: {
    about: 'How much is logged.',
    allowed: `one of ${levels.join(', ')}`,
    default: 'info',
    schema: z.enum(levels),
  },
});

/**
 * One JSON object a line, to standard error: standard output is for data. What may carry a secret is taken out by name, wherever it stands
 * in the first two levels of what is logged.
 */
export function openLog(level: (typeof levels)[number]): Logger {
  return pino(logOptions(level), pino.destination({ dest: 2, sync: true }));
}

/** What keeps secrets out of it. */
export function logOptions(level: (typeof levels)[number]): LoggerOptions {
  return { level, redact: { paths: secretPaths, censor: '***' } };
}

const secretNames = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'token',
  'secret',
  'password',
  '["x-mediapackage-cdnidentifier"]',
];
const secretPaths = secretNames.flatMap((name) => {
  const under = (parent: string): string => (name.startsWith('[') ? `${parent}${name}` : `${parent}.${name}`);
  return [name, under('*'), under('*.headers')];
});
