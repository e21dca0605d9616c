import { pino, type Logger, type LoggerOptions } from 'pino';
import { z } from 'zod';
import { runningJob } from './domain/running-job.js';
import { settings, type SettingValue } from './domain/setting.js';
import { prettyLine } from './pretty-line.js';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof levels)[number];

export const logSettings = settings({
  LOG_LEVEL: {
    about: 'How much is logged. `reelway debug on` says more for a while, without a restart.',
    allowed: `one of ${levels.join(', ')}`,
    default: 'info',
    schema: z.enum(levels),
  },
  LOG_FORMAT: {
    about: 'How the log is written: for people, as JSON, or (auto) for people on a terminal and as JSON elsewhere.',
    allowed: 'one of auto, json, pretty',
    default: 'auto',
    schema: z.enum(['auto', 'json', 'pretty']),
  },
});

export interface LogOptions {
  readonly level: LogLevel;
  /** default `auto` */
  readonly format?: SettingValue<(typeof logSettings)['LOG_FORMAT']>;
  /** default: standard error; standard output is for data */
  readonly to?: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** What can be changed of a log while it is written. */
export interface LogControl {
  /** Says everything, or what its level says. */
  debug(on: boolean): void;
  /** Hands on each line of a job as it was written, from `info` on at least, until the returned function is called. */
  onJobLine(listener: (line: string) => void): () => void;
}

/**
 * One JSON object a line, or a line for people. What may carry a secret is taken out by name, wherever it stands in the first two levels of
 * what is logged. What is logged by a step of a job names both.
 */
export function openLog({ level, format = 'auto', to = process.stderr }: LogOptions): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && to.isTTY === true);
  const colour = to.isTTY === true && !process.env.NO_COLOR;
  const listeners = new Set<(line: string) => void>();
  let shown = valueOf(level);
  let kept = Math.min(shown, valueOf('info'));
  const destination = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string): void {
      if (this.lastLevel >= shown) to.write(pretty ? prettyLine(line, colour) : line);
      if (this.lastLevel >= kept && line.includes('"job":')) for (const listener of listeners) listener(line);
    },
  };
  const log = pino(logOptions(nameOf(kept)), destination);
  controls.set(log, {
    debug(on) {
      shown = on ? Math.min(valueOf(level), valueOf('debug')) : valueOf(level);
      kept = Math.min(shown, valueOf('info'));
      log.level = nameOf(kept);
    },
    onJobLine(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  return log;
}

const controls = new WeakMap<Logger, LogControl>();

/** Of a log that `openLog` opened; of another one it does nothing. */
export function logControl(log: Logger): LogControl {
  return controls.get(log) ?? { debug: () => {}, onJobLine: () => () => {} };
}

/** What keeps secrets out of it, and names the job that a line belongs to. */
export function logOptions(level: LogLevel): LoggerOptions {
  return { level, redact: { paths: secretPaths, censor: '***' }, mixin: () => ({ ...runningJob() }) };
}

function valueOf(level: LogLevel): number {
  return level === 'silent' ? Infinity : (pino.levels.values[level] ?? 0);
}

function nameOf(value: number): LogLevel {
  return (pino.levels.labels[value] ?? 'silent') as LogLevel;
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
