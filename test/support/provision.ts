import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { botocoreData } from './botocore.js';

/**
 * Programs that some tests need beside Node. On Debian as root they are installed by `npm test` itself, said aloud; elsewhere what is
 * missing is named and the suites that need it are shown as skipped. `REELWAY_TEST_INSTALL=no` forbids installing.
 */
export const toolTable = {
  ffmpeg: {
    packages: ['ffmpeg', 'fonts-dejavu-core'],
    purpose: 'makes test media and judges ours',
    isHere: () => onPath('ffmpeg') && onPath('ffprobe'),
  },
  chromium: {
    packages: ['chromium'],
    purpose: 'plays results with hls.js and dash.js',
    isHere: () => onPath('chromium'),
  },
  postgres: {
    packages: ['postgresql'],
    purpose: 'the database server of scale-out',
    isHere: () => postgresBinaries() !== undefined || process.env.REELWAY_TEST_DATABASE_URL !== undefined,
  },
  swift: {
    packages: ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'],
    purpose: 'a real server of the S3 API',
    isHere: () => ['swift-proxy-server', 'swift-object-server', 'swift-ring-builder', 'memcached'].every(onPath),
  },
  iproute2: {
    packages: ['iproute2'],
    purpose: 'makes hosts of their own to work on (as root)',
    isHere: () => onPath('ip'),
  },
  awscli: {
    packages: ['awscli'],
    purpose: 'asks our MediaPackage VOD as people do',
    isHere: () => onPath('aws'),
  },
  botocore: {
    packages: ['python3-botocore'],
    purpose: "AWS's own models of its services, which requests to stand-ins are held against",
    isHere: () => botocoreData() !== undefined,
  },
} as const satisfies Record<string, { packages: string[]; purpose: string; isHere: () => boolean }>;

export type Tool = keyof typeof toolTable;
export const tools = Object.keys(toolTable) as Tool[];

/** Is there an executable of this name on PATH, or where Debian keeps servers? */
function onPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** The folder of the newest PostgreSQL server's programs; Debian does not put them on PATH. */
export function postgresBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => `${debian}/${version}/bin`), ...(process.env.PATH ?? '').split(':')];
  return folders.find((folder) => folder !== '' && existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`));
}

/** Installs what is missing where that may be done; returns why each tool that is still missing is. */
export function installMissing(wanted: readonly Tool[], say: (line: string) => void): Map<Tool, string> {
  const missing = wanted.filter((tool) => !toolTable[tool].isHere());
  if (missing.length === 0) return new Map();
  const obstacle = whyNotInstall();
  if (obstacle) return new Map(missing.map((tool) => [tool, `${obstacle}; ${howToInstall(tool)}`]));
  const packages = missing.flatMap((tool) => toolTable[tool].packages);
  say(`tests: installing Debian packages that tests need: ${packages.join(' ')}`);
  aptGet('update');
  // One by one, so that one that cannot be had does not keep the others away.
  for (const tool of missing) aptGet('install', '--yes', '--no-install-recommends', ...toolTable[tool].packages);
  const failed = missing.filter((tool) => !toolTable[tool].isHere());
  return new Map(failed.map((tool) => [tool, `apt-get could not install it; ${howToInstall(tool)}`]));
}

function whyNotInstall(): string | undefined {
  if (process.env.REELWAY_TEST_INSTALL === 'no') return 'not installed, and REELWAY_TEST_INSTALL=no';
  if (!onPath('apt-get')) return 'not installed, and this is not Debian';
  if (process.getuid?.() !== 0) return 'not installed, and only root may install it';
  return undefined;
}

function howToInstall(tool: Tool): string {
  return `on Debian: apt-get install ${toolTable[tool].packages.join(' ')}`;
}

function aptGet(...parameters: string[]): void {
  spawnSync('apt-get', ['-qq', ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 10 * 60_000,
  });
}
