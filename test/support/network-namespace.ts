import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A machine of its own as far as the network goes: one cable leads to us, and can be pulled. Linux, root and iproute2. */
export interface NetworkNamespace {
  /** Where a server of ours on this machine's loopback is reached from there. */
  forward(target: { host: string; port: number }): Promise<{ host: string; port: number }>;
  /** Starts a program there. */
  spawn(command: string, parameters: readonly string[]): ChildProcess;
  /** Nothing gets through any more; neither end is told. */
  pullCable(): void;
  plugIn(): void;
  close(): Promise<void>;
}

/** May network namespaces be made here? */
export function mayMakeNetworks(): boolean {
  const name = `rw-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return true;
  } catch {
    return false;
  }
}

/** 198.18.0.0/15 is for tests of networks, RFC 2544. */
export function networkNamespace(): NetworkNamespace {
  const name = `rw-${process.pid}`;
  const [ours, theirs] = [`rwa${process.pid % 1e6}`, `rwb${process.pid % 1e6}`];
  const subnet = process.pid % 250;
  const [here, there] = [`198.18.${subnet}.1`, `198.18.${subnet}.2`];
  ip('netns', 'add', name);
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', name);
  ip('address', 'add', `${here}/30`, 'dev', ours);
  ip('link', 'set', ours, 'up');
  ip('-netns', name, 'address', 'add', `${there}/30`, 'dev', theirs);
  ip('-netns', name, 'link', 'set', theirs, 'up');
  ip('-netns', name, 'link', 'set', 'lo', 'up');
  const closing: (() => Promise<void>)[] = [];

  return {
    async forward(target) {
      const server = createServer((near) => {
        const far = connect(target);
        for (const socket of [near, far]) socket.on('error', () => socket.destroy());
        near.pipe(far).pipe(near);
        closing.push(() => Promise.resolve(void [near, far].map((socket) => socket.destroy())));
      }).listen(0, here);
      await once(server, 'listening');
      closing.push(async () => void (await once(server.close(), 'close')));
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
      return { host: here, port: address.port };
    },
    spawn: (command, parameters) =>
      spawn('ip', ['netns', 'exec', name, command, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] }),
    // Dropped on the way, as a pulled cable does; a link that is down would be an error at once.
    pullCable: () =>
      ip('-netns', name, 'neigh', 'replace', here, 'lladdr', '02:00:00:00:00:01', 'dev', theirs, 'nud', 'permanent'),
    plugIn: () => ip('-netns', name, 'neigh', 'del', here, 'dev', theirs),
    async close() {
      for (const end of closing.reverse()) await end();
      ip('netns', 'del', name);
    },
  };
}

function ip(...parameters: string[]): void {
  execFileSync('ip', parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
}
