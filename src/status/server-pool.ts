import type { Socket } from 'node:net';
import pg from 'pg';
import type { Logger } from 'pino';

/**
 * Connections to a PostgreSQL server of which either end notices that the other is gone without a word: a pulled cable, a machine that died, a failover
 * behind one address. Left alone, TCP sends a query on for 15 minutes, and a server keeps the locks of a silent connection for two hours.
 */
export interface ServerPool {
  readonly pool: pg.Pool;
  /**
   * From now on a connection that is in use, and on which nothing has come for so long, is taken for dead; one that is idle has nothing to say.
   * Not before tables and indexes are made, which may take as long as it takes; until then keepalives find a dead link, once the query has
   * reached the server.
   * @param ms milliseconds
   */
  limitSilence(ms: number): void;
  /** Bounded, too, where connections are dead. */
  end(): Promise<void>;
}

export interface ServerPoolOptions {
  readonly databaseUrl: string;
  readonly connections: number;
  /** milliseconds until a connection has to stand */
  readonly connectWithinMs: number;
  readonly log: Logger;
}

/** seconds without a packet after which the other end is asked for a sign of life; Node asks ten times, each second */
const keepAliveAfterSeconds = 10;
/** milliseconds that the settings of a new connection may take */
const settingsWithinMs = 10_000;
/** milliseconds that the end waits for the server's goodbye */
const goodbyeWithinMs = 3000;

/**
 * Of every session. Set by statements, because poolers such as PgBouncer refuse start-up options that they do not know. None of our transactions waits for
 * anything but the database: who is silent in the middle of one is frozen or cut off, and others wait for its rows. So it has no longer than a
 * worker has for a sign of life.
 */
const sessionSettings = [
  `SET idle_in_transaction_session_timeout = '10s'`,
  `SET tcp_keepalives_idle = ${keepAliveAfterSeconds}`,
  `SET tcp_keepalives_interval = 5`,
  `SET tcp_keepalives_count = 3`,
  `SET tcp_user_timeout = '20s'`,
  `SET client_connection_check_interval = '10s'`,
].join('; ');

export function serverPool({ databaseUrl, connections, connectWithinMs, log }: ServerPoolOptions): ServerPool {
  const sockets = new Set<Socket>();
  const inUse = new Set<Socket>();
  let silenceMs = 0;

  function watch(socket: Socket): void {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      inUse.delete(socket);
    });
    socket.on('timeout', () => socket.destroy(silent(socket.timeout ?? 0)));
  }

  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: connectWithinMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterSeconds * 1000,
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool waits for it, which its types do not say
    async onConnect(client) {
      watch(socketOf(client));
      await applySettings(client, log);
    },
  });

  pool.on('acquire', (client) => {
    const socket = socketOf(client);
    // One that breaks as it is handed out is closed already, and tells with its first query.
    if (sockets.has(socket)) inUse.add(socket.setTimeout(silenceMs));
  });
  pool.on('release', (_error, client) => {
    const socket = socketOf(client);
    if (inUse.delete(socket)) socket.setTimeout(0);
  });

  function limitSilence(ms: number): void {
    silenceMs = ms;
    for (const socket of inUse) socket.setTimeout(ms);
  }
  return {
    pool,
    limitSilence,
    end() {
      // All of them: idle ones, too, wait for the server's goodbye.
      for (const socket of sockets) inUse.add(socket);
      limitSilence(goodbyeWithinMs);
      return pool.end();
    },
  };
}

function socketOf(client: pg.ClientBase): Socket {
  return (client as pg.Client).connection.stream as Socket;
}

async function applySettings(client: pg.ClientBase, log: Logger): Promise<void> {
  try {
    await client.query({ text: sessionSettings, query_timeout: settingsWithinMs } as pg.QueryConfig);
  } catch (error) {
    // A server or pooler that does not know one of them works without; a broken connection breaks with the next query.
    log.debug({ reason: String(error) }, 'could not set up a database connection');
  }
}

/** Known as an outage to whoever asked, and to the engine. */
function silent(ms: number): Error {
  const error = new Error(`Connection terminated: the database has not answered for ${ms / 1000} s`);
  return Object.assign(error, { code: 'ETIMEDOUT' });
}
