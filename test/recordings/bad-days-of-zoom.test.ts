import { describe, expect, it, vi } from 'vitest';
import { itLong } from '../support/it-long.js';
import { elements, lesson, quick, submitLesson, trackingId, whole } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';

describe('bad days of Zoom', () => {
  it('down for longer than one patience: the recording goes on when Zoom is back', async () => {
    const stage = await recordingsStage();
    stage.zoom.behave({ answers: [{ match: /recordings/, status: 503, times: 40 }] });
    const server = await startReelway(stage);
    const { result } = await submitLesson(server.services);
    await expect.poll(() => stage.zoom.requests.length, { timeout: 20_000 }).toBeGreaterThan(3);
    stage.zoom.behave({ answers: [] });
    expect(await result()).toMatchObject({ outcome: 'ingested' });
  }, 120_000);

  it('cut connections, tokens that expire, and answers of 429 cost time and nothing else', async () => {
    const stage = await recordingsStage();
    stage.zoom.behave({
      cutDownloadsAfter: [100_000, 50_000, 120_000],
      answers: [
        { match: /^GET \/v2\/meetings/, status: 429, headers: { 'retry-after': '1' } },
        { match: /^GET \/GMT/, status: 503 },
      ],
    });
    const server = await startReelway(stage);
    const { result } = await submitLesson(server.services);
    await vi.waitFor(() => expect(stage.zoom.requests.some(({ host }) => host === 'media')).toBe(true), {
      timeout: 20_000,
    });
    stage.zoom.expireTokens();
    await result();
    expect(elements(stage.opencast.workflows[0])).toEqual(whole);
  });

  it('a file that Zoom does not give: the recording waits for an operator, who retries when it is there', async () => {
    const stage = await recordingsStage();
    const [screen, ...others] = lesson.files;
    stage.zoom.addRecording({ ...lesson, files: [{ ...screen!, claimedSize: 5 }, ...others] });
    const server = await startReelway(stage, { ...quick, patience: { attempts: 2, pauseMs: 1 } });
    const { result, statuses, id, catalog } = await submitLesson(server.services);
    await expect(result()).rejects.toMatchObject({ code: 'recording_incomplete' });
    expect((await statuses()).at(-1)).toBe('DOWNLOADER_FAILED');
    expect((await catalog.findIngest(trackingId))?.reason).toMatch(/1 of 4 files .* are missing: shared_screen: /);
    expect(stage.opencast.workflows).toHaveLength(0);
    await expect
      .poll(() => stage.notices, { timeout: 20_000 })
      .toEqual([expect.stringContaining('Files of the recording are missing')]);

    stage.zoom.addRecording(lesson);
    await server.services.engine.jobs.retry(id);
    await result();
    expect(elements(stage.opencast.workflows[0])).toEqual(whole);
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
  }, 30_000);

  itLong(
    'or it is ingested without, by the rule of the operator, and that is said',
    async () => {
      const stage = await recordingsStage({ INCOMPLETE_RECORDINGS: 'ingest' });
      const [screen, ...others] = lesson.files;
      stage.zoom.addRecording({ ...lesson, files: [{ ...screen!, claimedSize: 5 }, ...others] });
      const server = await startReelway(stage, { ...quick, patience: { attempts: 2, pauseMs: 1 } });
      const { result } = await submitLesson(server.services);
      expect(await result()).toMatchObject({
        outcome: 'ingested',
        omitted: [expect.stringMatching(/^shared_screen: /)],
      });
      expect(elements(stage.opencast.workflows[0])).toEqual(
        whole.filter(([flavor]) => flavor !== 'presentation/source'),
      );
    },
    30_000,
  );

  itLong('an address of another host in the list of files is refused', async () => {
    const stage = await recordingsStage();
    stage.zoom.behave({ redirectTo: 'http://169.254.169.254/latest/meta-data' });
    const server = await startReelway(stage);
    const { result } = await submitLesson(server.services);
    await expect(result()).rejects.toMatchObject({
      code: 'recording_incomplete',
      message: expect.stringContaining('169.254.169.254') as string,
    });
  });
});
