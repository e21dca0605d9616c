import { startServer } from '../src/cli/serve.js';
import { readConfig } from '../src/config/config.js';
import { openLog } from '../src/log.js';
import { createDataFolder } from '../test/support/embedded-data-folder.js';
import { startOpencastServer } from '../test/support/opencast-server.js';
import { ingestOfLesson, lesson, series, submitLesson } from '../test/support/recordings-lesson.js';
import { startZoomServer } from '../test/support/zoom-server.js';
import { median } from './measure.js';

/**
 * What Reelway itself adds: from the decision to ingest a small recording of four files to the first request that hands it to Opencast, and to the
 * start of its workflow; embedded database, stand-ins of Zoom and Opencast on loopback. `tsx bench/ingest-latency.ts [recordings]`.
 */
const recordings = Number(process.argv[2] ?? 10);

const zoom = await startZoomServer();
const opencast = await startOpencastServer();
opencast.series.set(series, { title: 'Algebra' });
const folder = await createDataFolder();
const environment = {
  REELWAY_DATA_DIR: folder.dataFolder,
  REELWAY_PORT: '0',
  REELWAY_PRIVATE_HOSTS: '127.0.0.1',
  LOG_LEVEL: 'silent',
  ZOOM_API_BASE_URL: zoom.apiBaseUrl,
  ZOOM_OAUTH_URL: zoom.oauthUrl,
  ZOOM_ACCOUNT_ID: zoom.account.accountId,
  ZOOM_CLIENT_ID: zoom.account.clientId,
  ZOOM_CLIENT_SECRET: zoom.account.clientSecret,
  ZOOM_REQUESTS_PER_SECOND: '80',
  ZOOM_DOWNLOAD_HOSTS: `${new URL(zoom.origin).host} ${new URL(zoom.mediaOrigin).host}`,
  OPENCAST_BASE_URL: opencast.origin,
  OPENCAST_API_USER: opencast.credentials.user,
  OPENCAST_API_PASSWORD: opencast.credentials.password,
};
const config = readConfig(environment);
const server = await startServer({ config, environment }, openLog({ level: config.LOG_LEVEL }));
try {
  const first: number[] = [];
  const start: number[] = [];
  for (let index = 0; index < recordings; index++) {
    const uuid = `recording ${index}`;
    zoom.addRecording({ ...lesson, uuid });
    const times: Record<string, number> = {};
    const began = performance.now();
    opencast.fault = ({ path }) => {
      times[path.split('/')[2] ?? ''] ??= (performance.now() - began) / 1000;
      return undefined;
    };
    const recording = { ...ingestOfLesson().recording, uuid };
    const { result } = await submitLesson(server.services, { uuid, recording, trackingId: `auto-ingest-${uuid}` });
    await result();
    zoom.removeRecording(uuid);
    first.push(times.createMediaPackageWithID ?? NaN);
    start.push(times.ingest ?? NaN);
  }
  const shown = (seconds: readonly number[]): string =>
    `median ${median(seconds).toFixed(2)} s, worst ${Math.max(...seconds).toFixed(2)} s`;
  console.log(`${recordings} recordings of four files, to the first ingest request: ${shown(first)}`);
  console.log(`to the start of the workflow: ${shown(start)}`);
} finally {
  await server.stop();
  await Promise.all([zoom.close(), opencast.stop(), folder.remove()]);
}
