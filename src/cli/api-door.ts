import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { ApiServer } from '../api/http-types.js';
import { Failure } from '../domain/failure.js';
import { serverClient } from './ask-server.js';
import type { CommandContext } from './command-context.js';
import { answerOf, clientOf, type Ask, type ServerClient } from './server-client.js';
import { loadSettings, type LoadedSettings } from './settings.js';

/** The API as commands reach it: that of the server that owns the data folder, else one in this process that listens nowhere. */
export interface ApiDoor extends ServerClient {
  /** The server that does the work; undefined when this process does, for as long as the command runs. */
  readonly server: string | undefined;
  /** Goes on with jobs when this command has ended. */
  readonly served: boolean;
}

export interface DoorOptions {
  /** Starts jobs; without a server this process works on them. Else it only looks and changes what is stored. */
  readonly works?: boolean;
  /** Makes the database where there is none yet; else there is nothing to look at. */
  readonly creates?: boolean;
  /** Others are to fetch from this process: without a server it listens as one does. */
  readonly serves?: boolean;
}

/** Opens the door, uses it, and closes it. @throws Failure data_folder_in_use, database_unavailable, not_found */
export async function withApi<T>(
  context: CommandContext,
  use: (api: ApiDoor) => Promise<T>,
  options: DoorOptions = {},
): Promise<T> {
  const settings = await loadSettings(context);
  const { REELWAY_DATA_DIR: folder, DATABASE_URL: databaseUrl } = settings.config;
  const { findRunningServer } = await import('../status/running-server.js');
  const running = databaseUrl === undefined ? await findRunningServer(folder) : undefined;
  if (running) return use({ ...serverClient(running), server: running.url, served: true });
  if (databaseUrl === undefined && options.creates !== true && !existsSync(path.join(folder, 'database')))
    throw new Failure('not_found', `The data folder ${folder} holds no database yet: \`reelway serve\` makes it.`);
  const open = options.serves === true && databaseUrl === undefined ? listeningApi : ownApi;
  const { api, close } = await open(context, settings, options.works === true);
  try {
    return await use({ ...api, server: undefined, served: databaseUrl !== undefined });
  } finally {
    await close();
  }
}

interface OwnApi {
  readonly api: ServerClient;
  readonly close: () => Promise<void>;
}

/** A whole server, for as long as the command runs. */
async function listeningApi(_: CommandContext, settings: LoadedSettings): Promise<OwnApi> {
  const [{ startServer }, { findRunningServer }] = await Promise.all([
    import('./serve.js'),
    import('../status/running-server.js'),
  ]);
  const server = await startServer(settings, await ownLog(settings));
  const published = await findRunningServer(settings.config.REELWAY_DATA_DIR);
  if (published) return { api: serverClient(published), close: () => server.stop() };
  await server.stop();
  throw new Failure('internal', 'The server of this command did not say where it listens.');
}

/** The API over services of this process. */
async function ownApi({ terminal }: CommandContext, settings: LoadedSettings, works: boolean): Promise<OwnApi> {
  const { config, environment } = settings;
  const [{ openServices }, { composeApi }, { givenTokens }, { signInTickets }, { storedToken }, log] =
    await Promise.all([
      import('../wiring.js'),
      import('./compose-api.js'),
      import('./serve.js'),
      import('../api/sign-in-tickets.js'),
      import('../domain/api-token.js'),
      ownLog(settings),
    ]);
  const url = config.REELWAY_PUBLIC_URL ?? `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}`;
  const services = await openServices({
    ...{ config, environment, log, idle: !works, publicUrl: () => url },
    onLost: (failure) => {
      terminal.say(failure.message);
      process.exit(1);
    },
  });
  try {
    const intake = services.startIntake(false);
    const token = randomBytes(32).toString('base64url');
    const tokens = [storedToken('local', token), ...givenTokens(config)];
    const app = await composeApi(services, { intake, config, log, tickets: signInTickets(), tokens: () => tokens });
    const close = async () => {
      await app.close();
      await services.close();
    };
    return { api: clientOf({ url, token }, asking(app)), close };
  } catch (error) {
    await services.close();
    throw error;
  }
}

/** Silent unless it was asked for: the person sees progress and the outcome. */
async function ownLog({ config, environment }: LoadedSettings): Promise<Logger> {
  const { openLog } = await import('../log.js');
  return openLog({
    level: environment.LOG_LEVEL === undefined ? 'fatal' : config.LOG_LEVEL,
    format: config.LOG_FORMAT,
  });
}

/** As `fetch`, without a network between. */
export function asking(app: Pick<ApiServer, 'inject'>): Ask {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const response = await app.inject({
      ...{ url, method: method as 'GET', headers, payloadAsStream: true },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : Readable.from(body) }),
      // One of its own: what listens to the command's signal for a request would stay until the command ends.
      ...(signal && { signal: AbortSignal.any([signal]) }),
    });
    return answerOf(response.statusCode, response.stream());
  };
}
