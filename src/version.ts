import { readFileSync } from 'node:fs';

/** The version in package.json; `src/` and `dist/` both lie directly beside it. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
