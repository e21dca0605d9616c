import { hostname } from 'node:os';
import { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { Failure } from '../domain/failure.js';
import type { Services } from '../wiring.js';
import { closeInTurn } from '../workflow/close-in-turn.js';
import type { CommandContext } from './command-context.js';
import { givenTokens, stopAsked } from './serve.js';
import { loadSettings } from './settings.js';

/** Runs jobs, and nothing else: as many as wanted, on as many machines as wanted, beside at least one `reelway serve`. */
export function workerCommand(context: CommandContext): Command {
  return new Command('worker')
    .description(
      'Takes jobs of the database of DATABASE_URL and runs them, until Ctrl-C or SIGTERM; others take over what is under way.',
    )
    .addHelpText('after', examples)
    .action(() => runWorker(context));
}

const examples = `
Needs DATABASE_URL (a PostgreSQL server), the same settings as \`reelway serve\`, and a storage that all of them reach: s3://, or a folder
that is mounted everywhere. At SIGTERM it takes nothing new, and running jobs have REELWAY_DRAIN_SECONDS to end before others go on with them.
REELWAY_WORKER_METRICS_PORT gives it a /metrics of its own for Prometheus.

Examples:
  DATABASE_URL=postgres://reelway@db/reelway REELWAY_STORAGE=s3://bucket/vod reelway worker`;

async function runWorker(context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const { config, environment } = await loadSettings(context);
  if (config.DATABASE_URL === undefined) {
    throw new Failure(
      'invalid_settings',
      'A worker shares its database with others: DATABASE_URL has to name a PostgreSQL server. An embedded database has one owner, `reelway serve`.',
      { details: { setting: 'DATABASE_URL' } },
    );
  }
  const [{ openServices }, { openLog }] = await Promise.all([import('../wiring.js'), import('../log.js')]);
  const publicUrl = config.REELWAY_PUBLIC_URL ?? `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}`;
  const log = openLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const services = await openServices({
    config,
    environment,
    log,
    publicUrl: () => publicUrl,
    onLost: () => {}, // of an embedded database only
  });
  try {
    await work(services, config, { log, terminal, signal });
  } finally {
    await services.close();
  }
}

async function work(
  services: Services,
  config: Config,
  { log, terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'> & { log: Logger },
): Promise<void> {
  const metrics = await serveMetrics(services, config, log);
  const watching = services.watch.start();
  terminal.print(`Worker ${process.pid} on ${hostname()} is ready.${metrics ? ` Its metrics: ${metrics.url}` : ''}`);
  try {
    await stopAsked(signal, new Promise<never>(() => {}));
  } finally {
    const parts = [
      { name: 'alerts', close: () => watching.stop() },
      { name: 'metrics', close: async () => metrics?.stop() },
    ];
    await closeInTurn(parts, log);
  }
}

/** `/metrics` of this worker, where its settings say so. @throws Failure port_in_use, invalid_settings */
async function serveMetrics(
  { metrics, metricSources }: Services,
  config: Config,
  log: Logger,
): Promise<{ url: string; stop: () => Promise<void> } | undefined> {
  const { REELWAY_WORKER_METRICS_PORT: port, REELWAY_WORKER_METRICS_HOST: host } = config;
  if (port === undefined) return undefined;
  const [{ metricsServer }, { listen, stop }] = await Promise.all([
    import('../api/metrics-server.js'),
    import('../api/server.js'),
  ]);
  const settings = { host: 'REELWAY_WORKER_METRICS_HOST', port: 'REELWAY_WORKER_METRICS_PORT' };
  const where = { host, port, publicUrl: undefined, settings };
  const app = metricsServer({ log, metrics, metricSources, tokens: () => givenTokens(config) }, where);
  return { url: `${await listen(app, where)}/metrics`, stop: () => stop(app) };
}
