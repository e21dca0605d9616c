import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { launchChromium } from '../support/chromium.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { longTests } from '../support/extent.js';
import { itLong } from '../support/it-long.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { serveFiles } from '../support/static-server.js';

/** What `aws mediapackage-vod` prints, as far as it is used here. */
interface Printed {
  readonly Id?: string;
  readonly EgressEndpoints?: readonly { readonly Status: string; readonly Url: string }[];
}

describe.runIf(longTests && requires('awscli', 'chromium'))('the AWS CLI without AWS', () => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-aws-cli-'));
    const dataFolder = path.join(folder, 'data');
    await rename((await createDataFolder()).dataFolder, dataFolder);
    const environment = {
      REELWAY_DATA_DIR: dataFolder,
      REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
      REELWAY_PORT: '0',
      REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests-of-the-cli',
      REELWAY_AWS_KEYS: 'AKIDOFTHECLI:secret-key-of-the-cli-00001',
    };
    server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function aws(...parameters: string[]): Promise<Printed> {
    const { stdout } = await promisify(execFile)(
      'aws',
      ['mediapackage-vod', ...parameters, '--output', 'json', '--endpoint-url', `${server.url}/mediapackage-vod`],
      {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          AWS_REGION: 'eu-west-1',
          AWS_DEFAULT_REGION: 'eu-west-1',
          AWS_ACCESS_KEY_ID: 'AKIDOFTHECLI',
          AWS_SECRET_ACCESS_KEY: 'secret-key-of-the-cli-00001',
          AWS_PAGER: '',
        },
      },
    );
    return JSON.parse(stdout || '{}') as Printed;
  }

  itLong(
    'makes a group, a configuration and an asset that plays in a browser, and is harvested byte for byte',
    async () => {
      expect(await aws('create-packaging-group', '--id', 'lectures')).toMatchObject({ Id: 'lectures' });
      const cmaf = JSON.stringify({ SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'main' }] });
      const configuration = ['--id', 'cmaf', '--packaging-group-id', 'lectures', '--cmaf-package', cmaf];
      expect(await aws('create-packaging-configuration', ...configuration)).toMatchObject({ Id: 'cmaf' });
      const source = path.join(projectRoot, 'examples/sample/index.m3u8');
      const role = ['--source-role-arn', 'arn:aws:iam::123456789012:role/read'];
      await aws('create-asset', '--id', 'sample', '--packaging-group-id', 'lectures', '--source-arn', source, ...role);

      let endpoint: { readonly Status: string; readonly Url: string } | undefined;
      await expect
        .poll(async () => (endpoint = (await aws('describe-asset', '--id', 'sample')).EgressEndpoints?.[0])?.Status, {
          timeout: 60_000,
          interval: 500,
        })
        .toBe('PLAYABLE');
      expect(await played(endpoint!.Url)).toMatchObject({ ended: true, errors: [] });

      const mirror = path.join(folder, 'mirror');
      expect(await reelway(['harvest', endpoint!.Url, '--out', mirror])).toMatchObject({ code: 0 });
      const packaged = await digestsIn(path.join(folder, 'media/mediapackage-vod/sample/cmaf'));
      expect(packaged.size).toBeGreaterThan(5);
      expect(await digestsIn(mirror)).toEqual(packaged);
      // Each call of the CLI starts Python; a browser and a command line of ours start, too.
    },
    180_000,
  );
});

/** Plays an address of another origin to its end, at twice the pace. */
async function played(url: string): Promise<{ ended: boolean; errors: unknown[] }> {
  const library = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  const site = await serveFiles({
    '/player.html': path.join(import.meta.dirname, 'player.html'),
    '/player.js': library,
    '/player-mss.js': library,
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const query = new URLSearchParams({ player: 'hls', manifest: url, rate: '2' });
    await page.goto(`${site.url}/player.html?${query.toString()}`);
    const settled = 'window.report.ended || window.report.errors.length > 0';
    await page.waitForFunction(settled, undefined, { timeout: 60_000 });
    return await page.evaluate('window.report');
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Digests of the files in a folder, by path, without what Reelway keeps for itself. */
async function digestsIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.reelway'))
    .sort();
  const digests = new Map<string, string>();
  for (const name of files) {
    const bytes = await readFile(path.join(folder, name));
    digests.set(name, createHash('sha256').update(bytes).digest('hex'));
  }
  return digests;
}
