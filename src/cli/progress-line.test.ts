import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Measure } from './measure.js';
import { progressLine, type ProgressStyle } from './progress-line.js';
import { openTerminal } from './terminal.js';

interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  readonly unicode?: boolean;
}

function collect(style: ProgressStyle, { unicode = true, ...screen }: Screen = {}) {
  const out = Object.assign(new PassThrough(), screen);
  let now = 0;
  const line = progressLine(out, { style, unicode, now: () => now });
  return { line, written: () => String(out.read() ?? ''), pass: (milliseconds: number) => (now += milliseconds) };
}

const measure = (done: number, more: Partial<Measure> = {}): Measure => ({
  ...{ name: '', done, total: 200, unit: 'segments' },
  ...more,
});
// eslint-disable-next-line no-control-regex -- what a terminal does not show
const uncoloured = (text: string) => text.replaceAll(/\u001B\[\d+m/g, '');

describe('progress where nobody watches', () => {
  it('is plain lines, at most one in five seconds, with rate and time left', () => {
    const { line, written, pass } = collect('lines');
    line.update(measure(0));
    line.update(measure(20));
    pass(5000);
    line.update(measure(100, { name: 'cmaf', bytes: 0 }), 'dash waits');
    pass(5000);
    line.update(measure(150, { name: 'cmaf', bytes: 5 * 1024 ** 2 }), 'dash done');
    line.clear();
    expect(written()).toBe(
      '0 of 200 segments, 0 %\n' +
        'cmaf: 100 of 200 segments, 50 %; dash waits\n' +
        'cmaf: 150 of 200 segments, 75 %, 1.0 MiB/s, 5.0 s left; dash done\n',
    );
  });

  it('says nothing beside JSON', () => {
    const { line, written } = collect('none');
    line.update(measure(1));
    line.clear();
    expect(written()).toBe('');
  });
});

describe('progress on a terminal', () => {
  it('is a bar that is drawn anew in its place and leaves nothing behind', () => {
    const { line, written, pass } = collect('bars', { columns: 82 });
    line.update(measure(50));
    pass(50);
    line.update(measure(60)); // too soon
    pass(1950);
    line.update(measure(150));
    line.clear();
    line.clear();
    const [first, second, ...rest] = uncoloured(written()).split('\r\u001B[J');
    expect(first).toBe(`${'█'.repeat(5)}${'░'.repeat(15)}  25 %  50 of 200 segments`);
    expect(second).toBe(`${'█'.repeat(15)}${'░'.repeat(5)}  75 %  150 of 200 segments, 50.0 segments/s, 1.0 s left`);
    expect(rest).toEqual(['']);
  });

  it('has a line for each part, names below each other, bytes as such', () => {
    const { line, written, pass } = collect('bars', { unicode: false });
    const parts = () => [
      measure(1, { name: 'a' }),
      measure(1_048_576, { name: 'long', total: 2 ** 21, unit: 'bytes' }),
    ];
    line.update(...parts(), 'c waits');
    pass(100);
    line.update(...parts());
    const [first = '', second] = uncoloured(written()).split('\r\u001B[2A\u001B[J');
    expect(first.split('\n')).toEqual([
      `a    ${'-'.repeat(18)}   0 %  1 of 200 segments`,
      `long ${'#'.repeat(9)}${'-'.repeat(9)}  50 %  1.0 MiB of 2.0 MiB`,
      'c waits',
    ]);
    expect(second?.split('\n')).toHaveLength(2);
  });

  it('gives way on a narrow or low screen', () => {
    const narrow = collect('bars', { columns: 24 });
    narrow.line.update(measure(100));
    expect(narrow.written()).toBe(' 50 %  100 of 200 segme');
    const low = collect('bars', { rows: 4 });
    low.line.update('a', 'b', 'c', 'd', 'e');
    expect(low.written()).toBe('a\nb\nand 3 more');
  });

  it('forgets how fast it went when it begins anew', () => {
    const { line, written, pass } = collect('lines');
    for (const done of [100, 150, 10]) {
      line.update(measure(done));
      pass(5000);
    }
    expect(written().trim().split('\n').at(-1)).toBe('10 of 200 segments, 5 %');
  });
});

describe('the terminal', () => {
  const terminal = { isTTY: true, columns: 80 };
  const cases: [string, Record<string, string>, { tty?: boolean; json?: boolean; drawn: RegExp }][] = [
    ['draws bars', { LANG: 'C.UTF-8' }, { drawn: /░/ }],
    ['draws bars of plain letters without Unicode', {}, { drawn: /---/ }],
    ['says lines with NO_COLOR', { NO_COLOR: '1' }, { drawn: /^0 of 200 segments, 0 %\n$/ }],
    ['says lines when it is dumb', { TERM: 'dumb' }, { drawn: /^0 of 200 segments, 0 %\n$/ }],
    ['says lines when it is a file', { LANG: 'C.UTF-8' }, { tty: false, drawn: /^0 of 200 segments, 0 %\n$/ }],
    ['says nothing beside --json', { LANG: 'C.UTF-8' }, { json: true, drawn: /^$/ }],
  ];
  it.each(cases)('%s', (_, env, { tty = true, json = false, drawn }) => {
    const stderr = Object.assign(new PassThrough(), terminal, { isTTY: tty });
    openTerminal({ stdout: new PassThrough(), stderr }, env, json).progress().update(measure(0));
    expect(String(stderr.read() ?? '')).toMatch(drawn);
  });
});
