import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between a process and a server that a test can cut: then nothing comes through in either direction, and nobody is told. */
export interface CuttableLink {
  readonly port: number;
  cut(): void;
  /** Silences the connections that there are, for ever; new ones get through, as after a failover behind one address. */
  lose(): void;
  /** New connections get through again; those from before the cut are dead. */
  mend(): void;
  close(): Promise<void>;
}

export async function cuttableLink(target: { host: string; port: number }): Promise<CuttableLink> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    sockets.add(near);
    if (isCut) return void near.pause();
    const far = connect(target);
    sockets.add(far);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.pipe(far);
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function silence(): void {
    for (const socket of sockets) {
      socket.unpipe();
      socket.pause();
    }
  }
  function dropAll(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      silence();
    },
    lose: silence,
    mend() {
      isCut = false;
      dropAll();
    },
    async close() {
      dropAll();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
