import { once } from 'node:events';
import { expect, it } from 'vitest';
import { eventStream } from './event-stream.js';

interface Change {
  readonly id: string;
  readonly state: number;
}

function source() {
  let listener: ((change: Change) => void) | undefined;
  const stream = eventStream<Change>({
    name: 'job',
    keyOf: ({ id }) => id,
    subscribe(given) {
      listener = given;
      return () => (listener = undefined);
    },
  });
  stream.setEncoding('utf8');
  return { stream, emit: (change: Change) => listener?.(change), isHeard: () => listener !== undefined };
}

function changesIn(text: string): Change[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as Change);
}

it('sends each event in the form of server-sent events', () => {
  const { stream, emit } = source();
  emit({ id: 'a', state: 1 });
  expect(stream.read()).toBe('retry: 2000\n\nevent: job\ndata: {"id":"a","state":1}\n\n');
  stream.destroy();
});

it('gives a slow reader the latest state of each, and no more', () => {
  const { stream, emit } = source();
  let sent = 0;
  while (sent < 100_000) emit({ id: `job ${sent % 10}`, state: sent++ });
  let text = '';
  for (let chunk; (chunk = stream.read() as string | null) !== null;) text += chunk;
  const changes = changesIn(text);
  expect(changes.length).toBeLessThan(3000);
  for (let job = 0; job < 10; job++) {
    expect(changes.filter(({ id }) => id === `job ${job}`).at(-1)?.state).toBe(99_990 + job);
  }
  stream.destroy();
});

it('ends a reader that takes nothing while ever more comes', async () => {
  const { stream, emit, isHeard } = source();
  const closed = once(stream, 'close');
  for (let n = 0; n < 5000; n++) emit({ id: `job ${n}`, state: n });
  await closed;
  expect(isHeard()).toBe(false);
});

it('stops listening when the reader leaves', async () => {
  const { stream, isHeard } = source();
  expect(isHeard()).toBe(true);
  stream.destroy();
  await once(stream, 'close');
  expect(isHeard()).toBe(false);
});
