import { getEventListeners } from 'node:events';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { asking } from './api-door.js';

it('asking within the process leaves nothing at the signal of the command, however often it asks', async () => {
  const app = fastify();
  app.get('/text', () => 'text');
  const ask = asking(app);
  const { signal } = new AbortController();
  for (let time = 0; time < 20; time++) await ask('/text', { headers: {}, signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await app.close();
});
