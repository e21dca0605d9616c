import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withinJob } from './domain/running-job.js';
import { logControl, logOptions, openLog, type LogOptions } from './log.js';
import { setEnvironment } from '../test/support/set-environment.js';

it.each([
  [{ headers: { authorization: 'Bearer hunter2' } }],
  [{ request: { headers: { authorization: 'hunter2', cookie: 'session=hunter2' } } }],
  [{ token: 'hunter2', password: 'hunter2', secret: 'hunter2' }],
  [{ target: { token: 'hunter2', password: 'hunter2', secret: 'hunter2' } }],
  [{ response: { headers: { 'set-cookie': ['session=hunter2'], 'x-mediapackage-cdnidentifier': 'hunter2' } } }],
])('a log line holds no secret that stands under its name: %j', (facts) => {
  let written = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  pino(logOptions('info'), sink).info({ ...facts, job: 'recording:x' }, 'line');
  expect(written).toContain('recording:x');
  expect(written).toContain('***');
  expect(written).not.toContain('hunter2');
});

/** A log and what it has written, to a terminal or not. */
function written({ isTTY = false, ...options }: Partial<LogOptions> & { isTTY?: boolean } = {}) {
  const lines: string[] = [];
  const to = { isTTY, write: (line: string) => void lines.push(line) };
  return { lines, log: openLog({ level: 'info', ...options, to }) };
}

describe('the log', () => {
  it('is JSON, a line each, where nobody watches it', () => {
    const { log, lines } = written();
    log.info({ waiting: 3 }, 'queues');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\n$/);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 30, waiting: 3, msg: 'queues' });
  });

  it('is for people on a terminal, and where that is asked for', () => {
    const asked = written({ format: 'pretty' });
    asked.log.warn({ code: 'source_invalid', reason: 'two words', err: new Error('no \u001B[31m') }, 'step failed');
    expect(asked.lines.join('')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}step failed {2}code=source_invalid reason="two words"\n {4}Error: no �\[31m\n {4} +at /,
    );
    const { log, lines } = written({ isTTY: true });
    log.info('job done');
    expect(lines[0]).toMatch(/\[32mINFO .*job done/);
    expect(written({ isTTY: true, format: 'json' }).lines).toEqual([]);
  });

  it('on a terminal has no colours with NO_COLOR', () => {
    onTestFinished(setEnvironment({ NO_COLOR: '1' }));
    const { log, lines } = written({ isTTY: true });
    log.info('job done');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}job done\n$/);
  });

  it('says everything while debug is on, and then what its level says', () => {
    const { log, lines } = written({ level: 'warn' });
    const say = (line: string) => log.debug(line);
    say('before');
    logControl(log).debug(true);
    say('meanwhile');
    logControl(log).debug(false);
    say('after');
    log.info('not shown at warn');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['meanwhile']);
  });

  it('hands on what it says of jobs, from info on whatever its level, without secrets, with the step that says it', async () => {
    const { log, lines } = written({ level: 'silent' });
    const ofJobs: string[] = [];
    const stop = logControl(log).onJobLine((line) => ofJobs.push(line));
    await withinJob({ job: 'asset:a', step: 'read' }, () => {
      log.info({ target: { token: 'hunter2' } }, 'within a step');
      log.debug('not yet');
      return Promise.resolve();
    });
    log.warn('of no job');
    stop();
    log.warn({ job: 'asset:a' }, 'nobody listens');
    expect(lines).toEqual([]);
    expect(ofJobs).toHaveLength(1);
    expect(JSON.parse(ofJobs[0]!)).toMatchObject({
      ...{ job: 'asset:a', step: 'read', msg: 'within a step', target: { token: '***' } },
    });
  });
});
