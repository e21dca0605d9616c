import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { dashboardServices } from '../../test/support/dashboard-services.js';
import { storedToken } from '../domain/api-token.js';
import { metricsServer } from './metrics-server.js';
import { listen, stop } from './server.js';

const secret = 'a-secret-of-the-tests';
const headers = { authorization: `Bearer ${secret}` };
const settings = { host: 'REELWAY_WORKER_METRICS_HOST', port: 'REELWAY_WORKER_METRICS_PORT' };

async function start(port = 0) {
  const services = dashboardServices();
  const where = { host: '127.0.0.1', port, publicUrl: undefined, settings };
  const log = pino({ level: 'silent' });
  const app = metricsServer({ ...services, log, tokens: () => [storedToken('tests', secret, 'viewer')] }, where);
  onTestFinished(() => stop(app));
  return { services, url: await listen(app, where) };
}

it('the metrics of a process are behind a token, and nothing else is there', async () => {
  const { services, url } = await start();
  services.metrics.jobEnded('package-asset', 'done');
  const answer = await fetch(`${url}/metrics`, { headers });
  expect(await answer.text()).toContain('reelway_jobs_ended_total{kind="package-asset",status="done"} 1');
  const statusOf = async (path: string, init: RequestInit = {}) => (await fetch(`${url}${path}`, init)).status;
  expect(await statusOf('/metrics')).toBe(401);
  expect(await statusOf('/metrics', { headers: { authorization: 'Bearer of-somebody-else' } })).toBe(401);
  expect(await statusOf('/metrics', { headers: { cookie: `reelway_session_0=${secret}` } })).toBe(401);
  expect(await statusOf('/api/jobs', { headers })).toBe(404);
  expect(await statusOf('/metrics', { headers, method: 'POST', body: 'x' })).toBe(403);
});

it('a port that is in use is said of the setting that names it', async () => {
  const { url } = await start();
  await expect(start(Number(new URL(url).port))).rejects.toMatchObject({
    code: 'port_in_use',
    details: { setting: 'REELWAY_WORKER_METRICS_PORT' },
  });
});
