import path from 'node:path';
import { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import { storedToken, type StoredToken } from '../domain/api-token.js';
import { closeInTurn } from '../workflow/close-in-turn.js';
import type { ApiServer } from '../api/http-types.js';
import type { Failure } from '../domain/failure.js';
import type { RecordingsTimes } from '../recordings-line.js';
import type { Services } from '../wiring.js';
import type { CommandContext } from './command-context.js';
import { loadSettings, type LoadedSettings } from './settings.js';

/** Runs the API, the dashboard's pages and the workers until it is stopped. */
export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description(
      'Runs the API and the workers in one process, until Ctrl-C or SIGTERM; work under way goes on at the next start.',
    )
    .option('--host <address>', 'listen here (REELWAY_HOST)')
    .option('--port <number>', 'listen on this port; 0: any free one (REELWAY_PORT)')
    .addHelpText('after', examples)
    .action(async ({ host, port }: { host?: string; port?: string }) => {
      const settings = await loadSettings(context, { REELWAY_HOST: host, REELWAY_PORT: port });
      const { openLog } = await import('../log.js');
      const server = await startServer(
        settings,
        openLog({ level: settings.config.LOG_LEVEL, format: settings.config.LOG_FORMAT }),
      );
      context.terminal.print(`Reelway is ready: ${server.url} (the dashboard; API: ${server.url}/api/docs)`);
      if (server.firstSecret !== undefined) {
        context.terminal.print(`Token of the API and the dashboard, shown this once: ${server.firstSecret}`);
      }
      try {
        await stopAsked(context.signal, server.lost);
      } finally {
        await server.stop();
      }
    });
}

const examples = `
Without DATABASE_URL the database is embedded in REELWAY_DATA_DIR, which one process at a time may use; other commands then talk to it.

Examples:
  reelway serve
  REELWAY_STORAGE=s3://bucket/vod DATABASE_URL=postgres://reelway@db/reelway reelway serve --port 9000`;

export interface RunningServer {
  readonly url: string;
  readonly services: Services;
  /** The secret of the token that was made at the first start of this data folder. */
  readonly firstSecret: string | undefined;
  /** An address of the dashboard that signs a browser in, once. */
  signInLink(): string;
  /** Rejects when the data folder was lost to another process. */
  readonly lost: Promise<never>;
  /** Lets requests and the engine end, then lets go of the data folder. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Adds routes to the API before it listens. */
  readonly extend?: (app: ApiServer, services: Services) => void;
  /** Other than usual in tests. */
  readonly recordingsTimes?: RecordingsTimes;
}

/** Starts everything; whoever starts it stops it. @throws Failure data_folder_in_use, database_unavailable, port_in_use, invalid_settings */
export async function startServer(
  { config, environment }: LoadedSettings,
  log: Logger,
  options: StartOptions = {},
): Promise<RunningServer> {
  const { openServices } = await import('../wiring.js');
  const { promise: lost, reject: lose } = deferred();
  const listening = { url: `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}` };
  const publicUrl = () => config.REELWAY_PUBLIC_URL ?? listening.url;
  const services = await openServices({
    ...{ config, environment, log, publicUrl, onLost: lose },
    ...(options.recordingsTimes && { recordingsTimes: options.recordingsTimes }),
  });
  try {
    const { url, firstSecret, ticket, stop } = await serveApi(services, config, log, options);
    listening.url = url;
    return {
      ...{ url, services, firstSecret, lost },
      signInLink: () => `${url}/#/sign-in?ticket=${ticket()}`,
      async stop() {
        await stop();
        await services.close();
      },
    };
  } catch (error) {
    await services.close();
    throw error;
  }
}

interface ServedApi {
  readonly url: string;
  readonly firstSecret: string | undefined;
  /** A ticket that signs in to the dashboard as whoever started the server. */
  readonly ticket: () => string;
  readonly stop: () => Promise<void>;
}

/** The API over the services, listening, and known to the other commands of this data folder. */
async function serveApi(services: Services, config: Config, log: Logger, { extend }: StartOptions): Promise<ServedApi> {
  const [api, { composeApi }, { signInTickets }, { publishServer }] = await Promise.all([
    import('../api/server.js'),
    import('./compose-api.js'),
    import('../api/sign-in-tickets.js'),
    import('../status/running-server.js'),
  ]);
  const { tokens, firstSecret } = await configuredTokens(config);
  const local: StoredToken[] = [];
  const tickets = signInTickets();
  const where = { host: config.REELWAY_HOST, port: config.REELWAY_PORT, publicUrl: config.REELWAY_PUBLIC_URL };
  const intake = services.startIntake(true);
  const watching = services.watch.start();
  const app = await composeApi(services, { intake, config, log, tickets, tokens: () => [...tokens, ...local] });
  extend?.(app, services);
  try {
    const url = await api.listen(app, where);
    // Only an embedded database has one owner whom the other commands must ask.
    const published = services.database.lock && (await publishServer(services.database.lock, url));
    if (published) local.push(storedToken('local', published.token));
    return {
      ...{ url, firstSecret },
      ticket: () => tickets.issue(tokens[0]),
      async stop() {
        await published?.withdraw();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }

  function stop(): Promise<void> {
    const parts = [
      { name: 'API', close: () => api.stop(app), withinMs: Infinity },
      { name: 'alerts', close: () => watching.stop() },
      { name: 'intake', close: () => intake.stop() },
    ];
    return closeInTurn(parts, log);
  }
}

async function configuredTokens(
  config: Config,
): Promise<{ tokens: readonly [StoredToken, ...StoredToken[]]; firstSecret: string | undefined }> {
  const [first, ...others] = givenTokens(config);
  if (first) return { tokens: [first, ...others], firstSecret: undefined };
  const { firstToken } = await import('../status/first-token.js');
  const { token, secret } = await firstToken(path.join(config.REELWAY_DATA_DIR, 'api-token.json'));
  return { tokens: [token], firstSecret: secret };
}

export function givenTokens({ REELWAY_API_TOKENS: tokens = [] }: Config): StoredToken[] {
  return tokens.map(({ name, role, secret }) => storedToken(name, secret, role));
}

/** Resolves at Ctrl-C or SIGTERM. */
export function stopAsked(signal: AbortSignal, lost: Promise<never>): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return Promise.race([asked, lost]);
}

function deferred(): { promise: Promise<never>; reject: (failure: Failure) => void } {
  let reject: (failure: Failure) => void = () => {};
  const promise = new Promise<never>((_, rejecting) => (reject = rejecting));
  // Who does not wait for it learns of it from the log.
  promise.catch(() => {});
  return { promise, reject };
}
