import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from '../domain/failure.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's variables over those of `.env` in the working folder; an empty value counts as not given.
 * @throws Failure invalid_settings when there is a `.env` that cannot be read
 */
export function readEnvironment(cwd: string, variables: Environment): Environment {
  const merged: Record<string, string | undefined> = { ...readDotEnv(join(cwd, '.env')), ...withoutEmpty(variables) };
  return withoutEmpty(merged);
}

/**
 * The AWS SDK and OpenTelemetry read their own variables (AWS_REGION, OTEL_EXPORTER_OTLP_ENDPOINT, ...) from the process: those of `.env` are
 * handed on to them.
 */
export function handOnLibraryVariables(environment: Environment, to: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (/^(AWS|OTEL)_/.test(name) && value !== undefined) to[name] ??= value;
  }
}

function readDotEnv(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Failure('invalid_settings', `The file .env cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function withoutEmpty(variables: Environment): Environment {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
}
