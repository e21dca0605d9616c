import { onTestFinished } from 'vitest';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { openLog } from '../../src/log.js';
import { createDataFolder } from './embedded-data-folder.js';
import { loopbackServer } from './http-server.js';
import { startOpencastServer, type OpencastServer } from './opencast-server.js';
import { lesson, quick, series } from './recordings-lesson.js';
import { standInSettings } from './stand-in-settings.js';
import { startZoomServer, type ZoomServer } from './zoom-server.js';

/** The two systems that the recordings line stands between, and where notices go. */
export interface RecordingsStage {
  readonly zoom: ZoomServer;
  readonly opencast: OpencastServer;
  /** Subjects, in the order they came. */
  readonly notices: string[];
  /** Answers the next notices so many times with 503. */
  refuseNotices(times: number): void;
  /** Settings of a Reelway between them, with a data folder of its own. */
  readonly environment: Record<string, string>;
}

/** Starts the stand-ins; all ends with the test. */
export async function recordingsStage(env: Record<string, string> = {}): Promise<RecordingsStage> {
  const zoom = await startZoomServer();
  onTestFinished(() => zoom.close());
  const opencast = await startOpencastServer();
  onTestFinished(() => opencast.stop());
  opencast.series.set(series, { title: 'Algebra', publisher: 'algebra@example.edu' });
  zoom.addRecording(lesson);
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  const notices: string[] = [];
  let refusals = 0;
  const receiver = await loopbackServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (refusals-- > 0) return void response.writeHead(503).end();
      notices.push((JSON.parse(Buffer.concat(pieces).toString()) as { subject: string }).subject);
      response.writeHead(204).end();
    });
  });
  const environment = {
    REELWAY_DATA_DIR: folder.dataFolder,
    REELWAY_PORT: '0',
    REELWAY_NOTIFY: receiver.origin,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...standInSettings(zoom, opencast),
    ...env,
  };
  return { zoom, opencast, notices, environment, refuseNotices: (times) => void (refusals = times) };
}

/** Starts a Reelway with the settings of the stage; stopped at the end of the test at the latest. */
export async function startReelway({ environment }: RecordingsStage, times = quick): Promise<RunningServer> {
  const config = readConfig(environment);
  const server = await startServer({ config, environment }, openLog({ level: config.LOG_LEVEL }), {
    recordingsTimes: times,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.stop());
  onTestFinished(stop);
  return { ...server, stop };
}
