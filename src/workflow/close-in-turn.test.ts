import { pino } from 'pino';
import { expect, it } from 'vitest';
import { closeInTurn } from './close-in-turn.js';

it('closes what comes after one that fails and one that hangs', async () => {
  const closed: string[] = [];
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const part = (name: string, close: () => Promise<unknown>, withinMs?: number) => ({
    name,
    close: () => (closed.push(name), close()),
    ...(withinMs !== undefined && { withinMs }),
  });
  await closeInTurn(
    [
      part('fails', () => Promise.reject(new Error('the database is away'))),
      part('throws', () => {
        throw new Error('at once');
      }),
      part('hangs', () => new Promise(() => {}), 20),
      part('database', () => Promise.resolve(), Infinity),
    ],
    log,
  );
  expect(closed).toEqual(['fails', 'throws', 'hangs', 'database']);
  expect(lines.map((line) => (JSON.parse(line) as { part: string }).part)).toEqual(['fails', 'throws', 'hangs']);
});
