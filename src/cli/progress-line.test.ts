import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressLine } from './progress-line.js';

function collect(interactive: boolean, columns?: number) {
  const out = Object.assign(new PassThrough(), columns === undefined ? {} : { columns });
  let now = 0;
  const line = progressLine(out, { interactive, now: () => now });
  return { line, written: () => String(out.read() ?? ''), pass: (milliseconds: number) => (now += milliseconds) };
}

describe('the progress line', () => {
  it('writes plain lines, at most one in five seconds, where nobody watches', () => {
    const { line, written, pass } = collect(false);
    line.update('1 of 3');
    line.update('2 of 3');
    pass(5000);
    line.update('3 of 3');
    line.clear();
    expect(written()).toBe('1 of 3\n3 of 3\n');
  });

  it('rewrites one line on a terminal, cut to its width, and leaves nothing behind', () => {
    const { line, written, pass } = collect(true, 8);
    line.update('1 of 300 segments');
    pass(50);
    line.update('too soon');
    line.clear();
    line.clear();
    expect(written()).toBe('\r\u001B[2K1 of 30\r\u001B[2K');
  });
});
