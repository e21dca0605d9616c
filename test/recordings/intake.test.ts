import { describe, expect, it } from 'vitest';
import { series, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { completed, signed } from '../support/zoom-events.js';

const secret = 'webhook-secret';
const settings = { WEBHOOK_VALIDATION_SECRET_TOKEN: secret, DEFAULT_SERIES_ID: series, ZOOM_SWEEP_MINUTES: '0' };
const announced = completed({ uuid, id: 123_456_789, startTime: '2026-11-20T14:00:00Z', duration: 50 });

async function send(url: string, body: string) {
  return fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
}

describe('a recording that Zoom announces', () => {
  it('is in Opencast soon afterwards, once, however often it is announced', async () => {
    const stage = await recordingsStage(settings);
    const server = await startReelway(stage);
    const { recordings, engine } = server.services;
    expect(recordings).toBeDefined();
    for (let n = 0; n < 3; n++) expect((await send(server.url, announced)).status).toBe(200);
    const again = announced.replace(/"event_ts":\d+/, '"event_ts":1763647000000');
    expect((await send(server.url, again)).status).toBe(200);
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await engine.result(`recording:${uuid}`)).toMatchObject({ outcome: 'ingested' });
    await send(server.url, announced.replace(/"event_ts":\d+/, '"event_ts":1763647001000'));
    const views = server.services.startIntake(false).zoomIngester.views;
    await expect
      .poll(async () =>
        (await views.ofMeeting('123456789')).flatMap(({ ingests }) =>
          ingests.map((each) => [each.trackingId, each.status]),
        ),
      )
      .toEqual([[trackingId, 'OPENCAST_SUCCEEDED']]);
    expect(stage.notices).toHaveLength(1);
  });

  it('is taken up after a stop, when it was announced and not worked on', async () => {
    const stage = await recordingsStage(settings);
    // Without the settings of Opencast nothing can be ingested: it is stored and waits.
    const without = { ...stage.environment };
    delete without.OPENCAST_BASE_URL;
    const first = await startReelway({ ...stage, environment: without });
    expect((await send(first.url, announced)).status).toBe(200);
    await first.stop();
    const second = await startReelway(stage);
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await second.services.engine.result(`recording:${uuid}`)).toMatchObject({ outcome: 'ingested' });
  });
});

describe('a recording that Zoom never announced', () => {
  it('is found by a look through the list, which first only says so', async () => {
    const stage = await recordingsStage(settings);
    const server = await startReelway(stage);
    const { desk } = server.services.startIntake(false);
    const look = async (dryRun: boolean) => {
      const { id } = await desk.backfill({ from: '2026-11-20', to: '2026-11-20', dryRun });
      return server.services.engine.result(id, AbortSignal.timeout(60_000));
    };
    expect(await look(true)).toMatchObject({
      listed: 1,
      taken: 1,
      found: [{ uuid, outcome: `would be ingested into series ${series}` }],
    });
    expect(await look(false)).toMatchObject({ listed: 1, taken: 1, known: 0 });
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await look(false)).toMatchObject({ listed: 1, taken: 0, known: 1 });
    const job = await server.services.engine.jobs.find(`recording:${uuid}`);
    expect(job).toMatchObject({ status: 'done', parent: null });
  });
});
