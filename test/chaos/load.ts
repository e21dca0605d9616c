import { parseArgs } from 'node:util';
import { signed, webhookBody } from '../support/zoom-events.js';
import { member } from './crew.js';
import { createDatabase } from './database.js';
import { apiSecret, chaosStage, webhookSecret } from './stage.js';
import { until } from './until.js';

/**
 * `npm run load -- --seconds 3`: webhooks, status queries and the lists of the dashboard, each from ever more clients at once, on a server with PostgreSQL on
 * this machine; latencies, and where it bends: the first number of clients that brings less than a tenth more. Clients and server share the machine.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' } } });
const seconds = Number(values.seconds);
const clients = [1, 4, 16, 64];
const stage = await chaosStage('folder', Math.random);
const databaseUrl = await createDatabase(stage.cluster);
const server = await member({ role: 'serve', environment: stage.environment, databaseUrl, skewMs: 0 });
const authorization = { authorization: `Bearer ${apiSecret}` };

const kinds: Record<string, (url: string) => Promise<Response>> = {
  // Stored before it is answered; about no recording, so that nothing comes of it.
  webhook(url) {
    const body = webhookBody('recording.started', {
      uuid: crypto.randomUUID(),
      id: 90_000_000_000 + Math.floor(Math.random() * 1e9),
      host_id: 'h',
      topic: 't',
      start_time: '2026-11-23T14:00:00Z',
    });
    return fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, webhookSecret) });
  },
  status: (url) => fetch(`${url}/status?meeting_id=93812345678`, { headers: authorization }),
  'jobs list': (url) => fetch(`${url}/api/jobs`, { headers: authorization }),
};

try {
  await until(() => server.url() !== undefined, 60_000, 'the server is ready');
  for (const [name, ask] of Object.entries(kinds)) {
    let before = 0;
    let bend: number | undefined;
    for (const count of clients) {
      const { times, failed } = await drive(() => ask(server.url()!), count);
      const perSecond = times.length / seconds;
      if (perSecond < before * 1.1) bend ??= count;
      before = Math.max(before, perSecond);
      const at = (share: number) => (times[Math.floor(times.length * share)] ?? NaN).toFixed(1);
      console.log(
        `${name}, ${count} at once: ${perSecond.toFixed(0)}/s, ms p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)}; ${failed} refused`,
      );
    }
    console.log(
      `${name} ${bend === undefined ? `does not bend up to ${clients.at(-1)}` : `bends at ${bend}`} clients\n`,
    );
  }
} finally {
  await server.stop();
  await stage.close();
}

/** @returns milliseconds of each answer, ascending */
async function drive(ask: () => Promise<Response>, count: number): Promise<{ times: number[]; failed: number }> {
  const times: number[] = [];
  let failed = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) {
        const begin = performance.now();
        const answer = await ask();
        await answer.arrayBuffer();
        if (answer.ok) times.push(performance.now() - begin);
        else failed++;
      }
    }),
  );
  return { times: times.sort((a, b) => a - b), failed };
}
