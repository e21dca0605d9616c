import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import type { PlayableManifest } from '../api/pages/player-page.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { AssetResult } from '../workflow/package-asset.js';
import type { CommandContext } from './command-context.js';
import { fetchEndpoint, fetchFirstRendition } from './demo-fetch.js';
import { listenForNotices } from './demo-notices.js';
import { startDemoCampus } from './demo-recording.js';
import { formatBytes, formatDuration } from './quantity.js';
import type { RunningServer } from './serve.js';
import type { Terminal } from './terminal.js';

/** Both lines on the sample that comes with Reelway: nothing is installed, nothing is configured, nothing leaves the machine. */
export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description(
      'Packages the bundled sample the way `reelway serve` does, checks the result over HTTP, and serves a page that plays it.\n' +
        'Then a stand-in of Zoom announces a recording, which goes through the class schedule into a stand-in of Opencast.\n' +
        'Keeps its data in the folder `demo` of the data folder; a second run verifies what the first made.',
    )
    .option('--exit', 'end when all is verified, in place of serving the page')
    .option('--port <number>', 'serve on this port; 0: any free one', '0')
    .addHelpText('after', examples)
    .action((options: { exit?: true; port: string }) => runDemo(context, options));
}

const examples = `
Examples:
  reelway demo
  reelway demo --exit`;

const sample = fileURLToPath(new URL('../../examples/sample/index.m3u8', import.meta.url));

/** A packaging group as MediaPackage VOD describes one: HLS over CMAF, and DASH. */
const group = [
  { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'index' }] } },
  { Id: 'dash', DashPackage: { SegmentDurationSeconds: 4, DashManifests: [{ ManifestName: 'index' }] } },
];

async function runDemo(context: CommandContext, { exit, port }: { exit?: true; port: string }): Promise<void> {
  const { terminal, signal } = context;
  const started = performance.now();
  const [notices, campus] = await Promise.all([listenForNotices(), startDemoCampus()]);
  try {
    const server = await startReelway(context, { port, notices: notices.url, campus: campus.settings });
    try {
      const endpoints = await packageSample(server, terminal, signal);
      for (const endpoint of endpoints) await verifyEndpoint(endpoint, terminal, signal);
      terminal.print(`Notice received: ${await notices.subject(/sample/, signal)}`);
      const video = await fetchFirstRendition(playlistOf(endpoints), signal);
      await campus.teach({ server, video, terminal, signal });
      terminal.print(`Notice received: ${await notices.subject(/recording/i, signal)}`);
      terminal.print(`All verified, ${formatDuration(performance.now() - started)} after the start.`);
      if (!exit) await playUntilStopped(server, terminal, signal);
    } finally {
      await server.stop();
    }
  } finally {
    await Promise.all([notices.close(), campus.close()]);
  }
}

/** Of HLS; the lesson's video is made of what it lists. */
function playlistOf(endpoints: readonly EndpointSuccess[]): string {
  const url = endpoints.flatMap(({ playbackUrls }) => playbackUrls).find((each) => each.endsWith('.m3u8'));
  if (url === undefined) throw new Error('No endpoint has an HLS playlist.');
  return url;
}

async function startReelway(
  context: CommandContext,
  { port, notices, campus }: { port: string; notices: string; campus: Readonly<Record<string, string>> },
): Promise<RunningServer> {
  const [{ readConfig }, { readEnvironment }, { openLog }, { startServer }, { playerRoutes }] = await Promise.all([
    import('../config/config.js'),
    import('../config/environment.js'),
    import('../log.js'),
    import('./serve.js'),
    import('../api/routes/player.js'),
  ]);
  const { terminal, cwd, env } = context;
  const { REELWAY_DATA_DIR: dataFolder = './data', LOG_LEVEL = 'error' } = readEnvironment(cwd, env);
  // Its own folder and its own settings: a demo touches no database, storage or receiver of notices that is in earnest.
  const environment = {
    ...campus,
    REELWAY_DATA_DIR: join(dataFolder, 'demo'),
    REELWAY_PORT: port,
    REELWAY_NOTIFY: notices,
    LOG_LEVEL,
  };
  const config = readConfig(environment);
  terminal.say(
    `Starting in ${config.REELWAY_DATA_DIR} (the first start makes the database, which takes some seconds) ...`,
  );
  const playable = (endpoints: readonly EndpointSuccess[]): PlayableManifest[] =>
    endpoints.flatMap(({ configurationId, playbackUrls }) =>
      playbackUrls.map((url) => ({ title: configurationId, format: url.endsWith('.mpd') ? 'DASH' : 'HLS', url })),
    );
  return startServer({ config, environment }, openLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }), {
    extend: (app, services) => {
      playerRoutes(app, {
        manifests: async () => playable((await services.engine.result<AssetResult>('asset:sample')).endpoints),
      });
    },
  });
}

async function packageSample(
  { services }: RunningServer,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly EndpointSuccess[]> {
  const [{ watchJob }, { parsePackagingGroup }] = await Promise.all([
    import('./watch-job.js'),
    import('../domain/packaging-configuration.js'),
  ]);
  const request = { id: 'sample', packagingGroupId: 'demo', source: sample, destination: { path: 'vod' } };
  const { id } = await services.submitAsset(request, parsePackagingGroup(group));
  terminal.print(`Packaging the sample as job ${id}`);
  const job = await watchJob(() => services.engine.jobs.show(id), terminal, signal);
  return (job.result as AssetResult).endpoints;
}

const statusWords = { complete: 'packaged', skipped: 'complete from an earlier run', repaired: 'repaired' } as const;

async function verifyEndpoint(endpoint: EndpointSuccess, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { configurationId, status, objects, bytes, playbackUrls } = endpoint;
  terminal.print(
    `${configurationId}: ${statusWords[status]}, inventory verified (${objects} objects, ${formatBytes(bytes)})`,
  );
  for (const url of playbackUrls) {
    const fetched = await fetchEndpoint(url, signal);
    terminal.print(`  ${url}`);
    terminal.print(
      `  fetched: ${fetched.manifests} manifests, ${fetched.segments} segments, ${formatBytes(fetched.bytes)}`,
    );
  }
}

async function playUntilStopped(server: RunningServer, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.print(`Watch it at ${server.url}/demo`);
  terminal.print(`Dashboard, signed in by this link once: ${server.signInLink()}`);
  terminal.say('Ctrl-C ends the demo.');
  const { stopAsked } = await import('./serve.js');
  await stopAsked(signal, server.lost);
}
