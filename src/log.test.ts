import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { logOptions } from './log.js';

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
