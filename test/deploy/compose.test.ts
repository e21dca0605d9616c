import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allSettings } from '../../src/config/config.js';
import { openDatabase } from '../../src/status/database.js';
import { readVersion } from '../../src/version.js';
import { dockerfileProblems, readDockerfile } from '../support/dockerfile.js';
import { startPrivateCluster } from '../support/postgres-server.js';
import { projectRoot } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { setEnvironment } from '../support/set-environment.js';

const read = (file: string) => readFileSync(path.join(projectRoot, 'deploy', file), 'utf8');

describe('deploy/compose/Dockerfile', () => {
  const text = read('compose/Dockerfile');

  it('keeps the rules of images: versions, no root, a health check, signals that arrive, nothing but what was built', () => {
    expect(dockerfileProblems(readDockerfile(text))).toEqual([]);
  });

  it.each([
    ['a version', text.replace('node:20.20.2-bookworm-slim', 'node')],
    ['another user than root', text.replace('USER node', 'USER root')],
    ['a health check', text.replace('HEALTHCHECK', 'LABEL')],
    ['the JSON form', text.replace('CMD ["serve"]', 'CMD node serve')],
    ['the lock file', text.replace('npm ci', 'npm install')],
    ['no secrets', text.replace('NODE_ENV=production', 'API_TOKEN=abc')],
    ['only what was built', text.replace('COPY --from=build /reelway/bin', 'COPY bin')],
  ])('would be told that it lacks %s', (_, broken) => {
    expect(dockerfileProblems(readDockerfile(broken))).not.toEqual([]);
  });

  it('makes no image of a version that is called another: /healthz shows that of package.json', () => {
    const [check] = readDockerfile(text).stages[0]!.instructions.filter(({ value }) => value.includes('VERSION:-'));
    const passes = (VERSION: string | undefined) =>
      spawnSync('sh', ['-ec', check!.value], { cwd: projectRoot, env: { PATH: process.env.PATH, VERSION } }).status ===
      0;
    const version = readVersion();
    expect([`v${version}`, version, '', undefined].map(passes)).toEqual([true, true, true, true]);
    expect([`v${version}1`, 'v0.0.1', 'latest', `v${version}-rc.1`].map(passes)).toEqual([false, false, false, false]);
    expect(read('compose/compose.yaml')).toMatch(
      /image: reelway:\$\{REELWAY_VERSION:-local\}[\s\S]*VERSION: \$\{REELWAY_VERSION:-\}/,
    );
  });

  it('builds with the Node of the project', () => {
    const [, major, minor] = /node:(\d+)\.(\d+)/.exec(text)!;
    expect(Number(major)).toBe(20);
    expect(Number(minor)).toBeGreaterThanOrEqual(19);
  });
});

describe('deploy/compose/compose.yaml', () => {
  const text = read('compose/compose.yaml');

  it('runs a server, two workers and a database, read-only, without privileges, with a longer grace than they drain', () => {
    for (const needed of ['read_only: true', 'cap_drop: [ALL]', 'no-new-privileges:true', 'condition: service_healthy'])
      expect(text).toContain(needed);
    const services = /^services:\n(.*?)^(?=\S)/ms.exec(text)?.[1] ?? '';
    const names = [...services.matchAll(/^ {2}([a-z0-9-]+):/gm)].map(([, name]) => name);
    expect(names).toEqual(['database', 'server', 'worker-1', 'worker-2']);
    const drain = Number(/REELWAY_DRAIN_SECONDS: '(\d+)'/.exec(text)?.[1]);
    expect(Number(/stop_grace_period: (\d+)s/.exec(text)?.[1])).toBeGreaterThanOrEqual(drain + 15);
  });

  it.runIf(requires('postgres'))(
    'lets the password of the database be any, since it stands beside the address',
    async () => {
      const password = 'p@ss/w:rd#%41?&$x y';
      const cluster = await startPrivateCluster({ password });
      onTestFinished(() => cluster.stop());
      const [, address = '', given] = /DATABASE_URL: (\S+)\n(?: *#.*\n)* *PGPASSWORD: \$\{(\w+)/.exec(text) ?? [];
      expect([address.includes('$'), given]).toEqual([false, 'POSTGRES_PASSWORD']);
      const databaseUrl = address
        .replace('reelway@database:5432', `postgres@127.0.0.1:${new URL(cluster.url).port}`)
        .replace(/\/reelway$/, '/postgres');
      onTestFinished(setEnvironment({ PGPASSWORD: password }));
      const opened = await openDatabase({ databaseUrl, dataFolder: '/nowhere', log: pino({ level: 'silent' }) });
      onTestFinished(() => opened.close());
      expect((await opened.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    },
  );

  it('names settings that there are, and no secret', () => {
    const names = [...(text + read('compose/.env.example')).matchAll(/^ *(REELWAY_\w+|DATABASE_URL)[:=]/gm)].map(
      ([, name]) => name!,
    );
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !(name in allSettings))).toEqual([]);
    expect(read('compose/.env.example')).toMatch(/^POSTGRES_PASSWORD=$/m);
  });
});

describe('deploy/systemd', () => {
  it.each(['reelway.service', 'reelway-worker@.service'])(
    '%s waits longer than jobs drain, and may write its data only',
    (file) => {
      const unit = read(`systemd/${file}`);
      const drain = Number(allSettings.REELWAY_DRAIN_SECONDS.default);
      expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThanOrEqual(drain + 15);
      for (const needed of [
        'User=reelway',
        'ProtectSystem=strict',
        'NoNewPrivileges=true',
        'StateDirectory=reelway',
        'Restart=always',
      ])
        expect(unit).toContain(needed);
    },
  );
});
