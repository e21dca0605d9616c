import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * OpenStack Swift with its S3 API, as Debian packages it (swift-proxy, swift-account, swift-container, swift-object, memcached): a server of
 * the S3 protocol that is not ours. One proxy, one of each backend, one replica, everything on loopback and in a folder that goes with it.
 */
export interface SwiftServer {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

const backends = ['account', 'container', 'object'] as const;
const pipelines = { account: 'account-server', container: 'container-server', object: 'object-server' } as const;

/** milliseconds until all daemons answer */
const startTime = 60_000;

export async function startSwift(): Promise<SwiftServer> {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-swift-'));
  const [proxyPort = 0, memcachedPort = 0, ...backendPorts] = await freePorts(5);
  const daemons: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map(end));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeSettings(folder, { proxyPort, memcachedPort, backendPorts });
    buildRings(folder, backendPorts);
    const user = userInfo().username;
    daemons.push(
      spawn('memcached', ['-l', '127.0.0.1', '-p', String(memcachedPort), '-U', '0', '-m', '16', '-u', user]),
    );
    for (const name of [...backends, 'proxy']) daemons.push(run(folder, name));
    await answering(`http://127.0.0.1:${proxyPort}/healthcheck`, daemons, folder);
    for (const port of backendPorts) await answering(`http://127.0.0.1:${port}/healthcheck`, daemons, folder);
  } catch (error) {
    await stop();
    throw error;
  }
  const credentials = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };
  return { endpoint: `http://127.0.0.1:${proxyPort}`, credentials, stop };
}

/** A daemon in the foreground, with its log in the folder. */
function run(folder: string, name: string): ChildProcess {
  const command = `exec swift-${name}-server "$0" >"$1" 2>&1`;
  return spawn('sh', ['-c', command, join(folder, `${name}.conf`), join(folder, `${name}.log`)], { stdio: 'ignore' });
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) return;
  const exit = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  const patience = setTimeout(() => daemon.kill('SIGKILL'), 5000);
  await exit;
  clearTimeout(patience);
}

async function writeSettings(
  folder: string,
  { proxyPort, memcachedPort, backendPorts }: { proxyPort: number; memcachedPort: number; backendPorts: number[] },
): Promise<void> {
  await mkdir(join(folder, 'devices/d1'), { recursive: true });
  await mkdir(join(folder, 'cache'));
  const common = (port: number): string[] => [
    '[DEFAULT]',
    'bind_ip = 127.0.0.1',
    `bind_port = ${port}`,
    'workers = 0', // one process in the foreground
    `user = ${userInfo().username}`,
    `swift_dir = ${folder}`,
    `devices = ${join(folder, 'devices')}`,
    'mount_check = false',
    'log_address = /nonexistent', // no syslog: to standard error
  ];
  await writeFile(
    join(folder, 'swift.conf'),
    [
      '[swift-hash]',
      'swift_hash_path_suffix = test',
      'swift_hash_path_prefix = test',
      '[storage-policy:0]',
      'name = one',
      'default = yes',
    ].join('\n'),
  );
  for (const [i, name] of backends.entries()) {
    const app = pipelines[name];
    await writeFile(
      join(folder, `${name}.conf`),
      [
        ...common(backendPorts[i] ?? 0),
        `recon_cache_path = ${join(folder, 'cache')}`,
        '[pipeline:main]',
        `pipeline = healthcheck ${app}`,
        `[app:${app}]`,
        `use = egg:swift#${name}`,
        '[filter:healthcheck]',
        'use = egg:swift#healthcheck',
      ].join('\n'),
    );
  }
  const filters = ['catch_errors', 'gatekeeper', 'healthcheck', 'bulk', 'slo', 'copy'];
  await writeFile(
    join(folder, 'proxy.conf'),
    [
      ...common(proxyPort),
      '[pipeline:main]',
      'pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth copy bulk slo proxy-server',
      '[app:proxy-server]',
      'use = egg:swift#proxy',
      'allow_account_management = true',
      'account_autocreate = true',
      '[filter:tempauth]',
      'use = egg:swift#tempauth',
      'user_test_tester = testing .admin',
      '[filter:s3api]',
      'use = egg:swift#s3api',
      's3_acl = false',
      '[filter:cache]',
      'use = egg:swift#memcache',
      `memcache_servers = 127.0.0.1:${memcachedPort}`,
      ...filters.flatMap((name) => [`[filter:${name}]`, `use = egg:swift#${name}`]),
    ].join('\n'),
  );
}

/** Which device holds what: one device of each kind. In one process (of the Python that Debian's packages are for), because each start of swift-ring-builder costs a second. */
function buildRings(folder: string, ports: readonly number[]): void {
  const program = [
    'import sys',
    'from swift.common.ring.builder import RingBuilder',
    'for name, port in zip(sys.argv[2::2], sys.argv[3::2]):',
    '    builder = RingBuilder(2, 1, 0)',
    '    at = dict(ip="127.0.0.1", replication_ip="127.0.0.1", port=int(port), replication_port=int(port))',
    '    builder.add_dev(dict(at, id=0, region=1, zone=1, weight=1.0, device="d1", meta=""))',
    '    builder.rebalance()',
    '    builder.get_ring().save("%s/%s.ring.gz" % (sys.argv[1], name))',
  ].join('\n');
  execFileSync('/usr/bin/python3', ['-c', program, folder, ...backends.flatMap((name, i) => [name, String(ports[i])])]);
}

async function answering(url: string, daemons: readonly ChildProcess[], folder: string): Promise<void> {
  for (const deadline = Date.now() + startTime; ; await sleep(100)) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() < deadline && daemons.every(({ exitCode }) => exitCode === null)) continue;
    const logs = [...backends, 'proxy'].map((name) => readFile(join(folder, `${name}.log`), 'utf8').catch(() => ''));
    throw new Error(`Swift did not start:\n${(await Promise.all(logs)).join('\n').slice(-4000)}`);
  }
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
