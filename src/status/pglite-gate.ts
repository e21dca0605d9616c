import { Duplex } from 'node:stream';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

/**
 * Many `pg` connections over the one backend that PGlite is.
 *
 * Each connection speaks the PostgreSQL wire protocol (https://www.postgresql.org/docs/18/protocol-message-formats.html) into a
 * Duplex that looks like a socket. Its messages are collected until the server would answer (Sync, Query, Flush, start-up) and run as
 * one unit; a connection keeps the backend for as long as it is inside a transaction, the others wait in line. So a
 * transaction must be short and must never wait for anything but the database.
 *
 * PGlite's own socket server queues every message singly, and interleaves connections in the middle of an extended query.
 */
export interface PgliteGate {
  pool(options?: pg.PoolConfig): pg.Pool;
  /** Runs the work while nobody uses the database, and all that was written lies in its files; the others wait. */
  still<T>(work: () => Promise<T>): Promise<T>;
}

/** The part of PGlite that the gate needs. */
export type PgliteBackend = Pick<PGlite, 'execProtocolRaw'>;

/** Frontend messages by first byte. */
const message = { query: 0x51, sync: 0x53, flush: 0x48, terminate: 0x58 } as const;
/** Codes of the untyped first message. */
const startupCode = { cancel: 80877102, ssl: 80877103, gss: 80877104 } as const;
/** `ReadyForQuery`, and its status when no transaction is open. */
const readyForQuery = 0x5a;
const errorResponse = 0x45;
const idle = 'I';

export function pgliteGate(backend: PgliteBackend): PgliteGate {
  const turns = backendTurns(backend);
  return {
    pool: (options = {}) =>
      new pg.Pool({
        user: 'postgres',
        database: 'postgres',
        ssl: false,
        max: 10,
        idleTimeoutMillis: 0,
        ...options,
        stream: () => connection(turns),
      }),
    still: (work) => turns.still(work),
  };
}

interface BackendTurns {
  /** Runs whole protocol messages when it is the connection's turn; the answer is a copy. */
  run(connection: symbol, bytes: Uint8Array): Promise<Buffer>;
  still<T>(work: () => Promise<T>): Promise<T>;
  /** The connection is gone: what it waited for is dropped, what it had open is rolled back. */
  drop(connection: symbol): Promise<void>;
}

function backendTurns(backend: PgliteBackend): BackendTurns {
  let owner: symbol | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let waiting: { connection: symbol; enter: (turn: 'yours' | 'dropped') => void }[] = [];

  async function acquire(connection: symbol): Promise<void> {
    if (owner === connection) return;
    if (owner === undefined) {
      owner = connection;
      return;
    }
    const turn = await new Promise((enter) => waiting.push({ connection, enter }));
    if (turn === 'dropped') throw new Error('The connection was closed while it waited for the database.');
  }

  function release(): void {
    const next = waiting.shift();
    owner = next?.connection;
    next?.enter('yours');
  }

  async function execute(bytes: Uint8Array): Promise<Buffer> {
    // Question and answer are promises alone: without this a chain of them, however long, keeps Node from its sockets and timers.
    await eventLoopTurn();
    // Copied before anybody else may run: PGlite uses its output buffer again.
    return Buffer.from(await backend.execProtocolRaw(bytes));
  }

  async function run(connection: symbol, bytes: Uint8Array): Promise<Buffer> {
    await acquire(connection);
    const answer = execute(bytes);
    running = answer.catch(() => undefined);
    try {
      const output = await answer;
      if (transactionStatus(output) === idle) release();
      return output;
    } catch (error) {
      release();
      throw error;
    }
  }

  async function still<T>(work: () => Promise<T>): Promise<T> {
    await acquire(Symbol('still'));
    try {
      const answer = await execute(queryMessage('CHECKPOINT'));
      if (answer[0] === errorResponse) throw new Error('The database could not write what it holds to its files.');
      return await work();
    } finally {
      release();
    }
  }

  async function drop(connection: symbol): Promise<void> {
    for (const waiter of waiting) if (waiter.connection === connection) waiter.enter('dropped');
    waiting = waiting.filter((waiter) => waiter.connection !== connection);
    if (owner !== connection) return;
    await running;
    // Its last answer may have ended the transaction and passed the turn on.
    if (owner !== connection) return;
    await execute(queryMessage('ROLLBACK')).catch(() => undefined);
    release();
  }
  return { run, still, drop };
}

/** Status of the last `ReadyForQuery` in the answer; undefined when there is none, as after a Flush. */
function transactionStatus(output: Buffer): string | undefined {
  let status: string | undefined;
  for (let at = 0; at + 5 <= output.length; at += 1 + output.readInt32BE(at + 1)) {
    if (output[at] === readyForQuery) status = String.fromCharCode(output[at + 5] ?? 0);
  }
  return status;
}

function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.writeUInt8(message.query, 0);
  head.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}

/** What a client sent, cut where the server would answer. */
type Batch = { kind: 'run'; bytes: Buffer } | { kind: 'refuse encryption' } | { kind: 'terminate' };

/** Collects chunks of a client's bytes into batches. */
function batchReader(): (chunk: Buffer) => Batch[] {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  let collected: Buffer[] = [];

  function startup(): Batch[] | undefined {
    if (rest.length < 8) return undefined;
    const length = rest.readInt32BE(0);
    const code = rest.readInt32BE(4);
    if (rest.length < length) return undefined;
    const bytes = rest.subarray(0, length);
    rest = rest.subarray(length);
    if (code === startupCode.ssl || code === startupCode.gss) return [{ kind: 'refuse encryption' }];
    if (code === startupCode.cancel) return [];
    started = true;
    return [{ kind: 'run', bytes }];
  }

  function next(): Batch[] | undefined {
    if (!started) return startup();
    if (rest.length < 5) return undefined;
    const length = 1 + rest.readInt32BE(1);
    if (rest.length < length) return undefined;
    const type = rest[0];
    collected.push(rest.subarray(0, length));
    rest = rest.subarray(length);
    if (type === message.terminate) return [{ kind: 'terminate' }];
    if (type !== message.sync && type !== message.query && type !== message.flush) return [];
    const bytes = collected.length === 1 && collected[0] ? collected[0] : Buffer.concat(collected);
    collected = [];
    return [{ kind: 'run', bytes }];
  }

  return (chunk) => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    const batches: Batch[] = [];
    for (let found = next(); found; found = next()) batches.push(...found);
    return batches;
  };
}

/** One connection, in the shape of the `net.Socket` that `pg` expects. */
function connection(turns: BackendTurns): Duplex {
  const id = Symbol('connection');
  const read = batchReader();

  async function answer(chunk: Buffer): Promise<void> {
    for (const batch of read(chunk)) {
      if (batch.kind === 'terminate') continue;
      const output = batch.kind === 'run' ? await turns.run(id, batch.bytes) : Buffer.from('N');
      if (output.length && !socket.destroyed) socket.push(output);
    }
  }

  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      answer(chunk).then(() => done(), done);
    },
    final(done) {
      void turns.drop(id).then(() => {
        socket.push(null);
        done();
      });
    },
    destroy(error, done) {
      void turns.drop(id).then(() => done(error));
    },
  });
  const connect = () => {
    setImmediate(() => socket.emit('connect'));
    return socket;
  };
  const same = () => socket;
  return Object.assign(socket, { connect, setNoDelay: same, setKeepAlive: same, ref: same, unref: same });
}
