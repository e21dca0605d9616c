import { describe, expect, it, vi } from 'vitest';
import { recordingCatalog } from '../../src/status/recording-catalog.js';
import { eventLedger } from '../../src/status/event-ledger.js';
import {
  elements,
  ingestOfLesson,
  lesson,
  mediaPackage,
  series,
  sizes,
  submitLesson,
  trackingId,
  uuid,
  whole,
} from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { smallMp4 } from '../support/small-mp4.js';

describe('a recording on its way from Zoom to Opencast', () => {
  it('becomes an event, once, and its status says how far it is', async () => {
    const stage = await recordingsStage();
    const server = await startReelway(stage);
    const { result, statuses, id } = await submitLesson(server.services);
    expect(await result()).toEqual({ outcome: 'ingested', eventId: mediaPackage, omitted: [] });

    expect(stage.opencast.workflows).toHaveLength(1);
    const [workflow] = stage.opencast.workflows;
    expect(workflow).toMatchObject({
      mediaPackageId: mediaPackage,
      definition: 'fast',
      terms: {
        title: 'Lecture',
        isPartOf: series,
        source: `ZIP-${uuid}`,
        publisher: 'algebra@example.edu',
        spatial: 'Zoom 123456789',
      },
    });
    expect(elements(workflow)).toEqual(whole);
    expect(await statuses()).toEqual([
      ...['WEBHOOK_RECEIVED', 'SENT_TO_DOWNLOADER', 'OC_SERIES_FOUND', 'SENT_TO_UPLOADER', 'UPLOADER_RECEIVED'],
      ...['SENT_TO_OPENCAST', 'OPENCAST_SUCCEEDED'],
    ]);
    await expect
      .poll(() => stage.notices, { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^Recording "Algebra & <more>" .* is in Opencast$/)]);
    expect(id).toBe(`recording:${uuid}`);
    // The tokens that opened the files are nowhere in what is kept.
    const kept = JSON.stringify(await server.services.engine.jobs.show(id));
    expect(kept).not.toMatch(/oauth-|download-|Signature|hunter2/);
  });

  it('asked for again it stays one event; asked for once more by name it is another', async () => {
    const stage = await recordingsStage();
    const server = await startReelway(stage);
    const first = await submitLesson(server.services);
    await Promise.all([first.result(), submitLesson(server.services), submitLesson(server.services)]);
    expect(await (await submitLesson(server.services)).result()).toMatchObject({ outcome: 'existing' });
    expect(stage.opencast.workflows).toHaveLength(1);
    expect((await first.statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');

    const again = {
      origin: 'on_demand',
      trackingId: 'on-demand-1',
      allowMultipleIngests: true,
      ingestAllMp4: true,
    } as const;
    await (await submitLesson(server.services, again)).result();
    expect(stage.opencast.workflows).toHaveLength(2);
    expect(stage.opencast.workflows[1]?.mediaPackageId).not.toBe(mediaPackage);
  });

  it('stays ingested when it is asked for after Opencast has removed its workflows, and with another series', async () => {
    const stage = await recordingsStage();
    const server = await startReelway(stage);
    const first = await submitLesson(server.services);
    await first.result();
    await expect.poll(() => stage.notices, { timeout: 20_000 }).toHaveLength(1);
    stage.opencast.workflows.length = 0;

    expect(await (await submitLesson(server.services)).result()).toMatchObject({ outcome: 'existing' });
    const other = { origin: 'on_demand', trackingId: 'on-demand-1', series: { id: '999', title: 'Lecture' } } as const;
    stage.opencast.series.set('999', { title: 'Other' });
    const asked = await submitLesson(server.services, other);
    expect(await asked.result()).toEqual({ outcome: 'existing', eventId: mediaPackage, omitted: [] });

    expect((await first.statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    const ingest = await first.catalog.findIngest('on-demand-1');
    expect(ingest).toMatchObject({ status: 'IGNORED', reason: 'Already in opencast' });
    expect((await first.catalog.findIngest(trackingId))?.seriesId).toBe(series);
    const ledger = eventLedger(server.services.database.tables);
    await ledger.ended(mediaPackage, 'FAILED');
    expect(await ledger.find(mediaPackage)).toMatchObject({ state: 'SUCCEEDED', trackingId });
    const { jobs } = await server.services.engine.jobs.list({ kind: ['tell'], parent: 'any' });
    expect(jobs).toHaveLength(1);
    expect(stage.opencast.workflows).toEqual([]);
  });

  it('is left alone when somebody else has ingested it, found by its source as well', async () => {
    const stage = await recordingsStage();
    const server = await startReelway(stage);
    const other = await submitLesson(server.services, {
      origin: 'on_demand',
      trackingId: 'on-demand-1',
      allowMultipleIngests: true,
    });
    await other.result();
    const { result, statuses } = await submitLesson(server.services);
    expect(await result()).toEqual({
      outcome: 'existing',
      eventId: stage.opencast.workflows[0]!.mediaPackageId,
      omitted: [],
    });
    expect((await statuses()).at(-1)).toBe('IGNORED');
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  it('the way of zoom-recording-ingester: one request, with its flavors, properties and the chat as an address', async () => {
    const stage = await recordingsStage({
      OPENCAST_PROFILE: 'harvard',
      DEFAULT_PUBLISHER: 'x',
      OVERRIDE_PUBLISHER: 'dce@example.edu',
    });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    const catalog = recordingCatalog(server.services.database.tables);
    const known = (await catalog.find(uuid))!.recording;
    expect(known.files.map(({ id }) => id)).toContain('vtt');
    expect(await server.services.recordings!.submitTranscripts(known)).toEqual([]);
    const [workflow] = stage.opencast.workflows;
    expect(elements(workflow)).toEqual([
      ['multipart/chunked+source', sizes.active_speaker],
      ['presentation/chunked+source', sizes.shared_screen],
    ]);
    expect(workflow?.terms).toMatchObject({ type: 'L', publisher: 'dce@example.edu' });
    expect(workflow?.properties).toEqual({
      zoomMeetingStart: '2026-11-20T14:00:00Z',
      zoomRecordingTimes: '2026-11-20T14:00:00Z_2026-11-20T14:50:00Z',
      attachmentUri: expect.stringMatching(/\/media\/\d+\.\d+\.[0-9a-f]{64}\/recordings\/.*\.txt$/) as string,
    });
  });

  it('media is uploaded where Opencast cannot reach us', async () => {
    const stage = await recordingsStage({ OPENCAST_MEDIA: 'upload', REELWAY_PUBLIC_URL: 'http://nowhere.invalid' });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    expect(elements(stage.opencast.workflows[0])).toEqual(whole);
  });

  it('waits while Zoom still works on a file, and takes what Zoom adds meanwhile', async () => {
    const stage = await recordingsStage();
    const [screen, speaker, ...others] = lesson.files;
    stage.zoom.addRecording({ ...lesson, files: [screen!, { ...speaker!, status: 'processing' }] });
    const server = await startReelway(stage);
    const { result, id } = await submitLesson(server.services);
    await vi.waitFor(
      async () => {
        const { step } = await server.services.engine.jobs.show(id);
        expect(step).toMatchObject({ name: 'list the files' });
        expect(step?.failedAttempts).toBeGreaterThan(0);
      },
      { timeout: 20_000 },
    );
    expect(stage.opencast.workflows).toHaveLength(0);
    stage.zoom.behave({ downloadDelay: 300 });
    stage.zoom.addRecording({ ...lesson, files: [screen!, speaker!] });
    await vi.waitFor(() => expect(stage.zoom.requests.some(({ host }) => host === 'media')).toBe(true), {
      timeout: 10_000,
    });
    stage.zoom.addRecording({ ...lesson, files: [screen!, speaker!, ...others] });
    await result();
    expect(elements(stage.opencast.workflows[0])).toEqual(whole);
  });

  it('a transcript that comes later is added to the event, once, whoever tells of it', async () => {
    const stage = await recordingsStage({ OPENCAST_CAPTIONS_WORKFLOW: 'publish' });
    const transcript = lesson.files.find(({ id }) => id === 'vtt')!;
    stage.zoom.addRecording({ ...lesson, files: lesson.files.filter((file) => file !== transcript) });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    expect(elements(stage.opencast.workflows[0])).not.toContainEqual(whole[2]);

    stage.zoom.addRecording(lesson);
    const file = { id: 'vtt', fileType: 'TRANSCRIPT', downloadUrl: `${stage.zoom.origin}/rec/download/vtt` };
    const { recordings, engine } = server.services;
    const recording = await recordingCatalog(server.services.database.tables).save({
      ...{ ...ingestOfLesson().recording, files: [file] },
    });
    let lost = 0;
    stage.opencast.fault = ({ method, path }) =>
      `${method} ${path}` === 'POST /api/workflows' && lost++ === 0 ? { kind: 'cut', afterDoing: true } : undefined;
    const jobs = await recordings!.submitTranscripts(recording);
    expect(jobs).toEqual([`captions:${mediaPackage}:vtt`]);
    await engine.result(jobs[0]!, AbortSignal.timeout(30_000));
    expect(stage.opencast.added).toEqual([
      {
        eventId: mediaPackage,
        flavor: 'captions/source',
        tags: expect.stringContaining('lang:en') as string,
        text: 'WEBVTT\n\n',
      },
    ]);
    // The answer to the start was lost, and it is not started twice.
    expect(stage.opencast.workflows.map(({ definition }) => definition)).toEqual(['fast', 'publish']);
    expect(lost).toBe(1);
    expect(await recordings!.submitTranscripts(recording)).toEqual([]);
  });

  it('late transcripts of several segments go beside what is there, and none is taken of a false start', async () => {
    const stage = await recordingsStage();
    const [screen, , , transcript] = lesson.files;
    const begin = (minute: number) => `2026-11-20T14:${String(minute).padStart(2, '0')}:00Z`;
    const segments = [0, 5, 30].map((minute, index) => ({
      ...{ ...screen!, id: `screen ${minute}`, start: begin(minute), end: begin(minute + 1) },
      content: smallMp4({ durationMs: index === 0 ? 30_000 : 20 * 60_000, mediaBytes: 100_000 }),
    }));
    const spoken = [0, 5, 30].map((minute) => {
      const text = Buffer.from(`WEBVTT\n\nNOTE ${minute}\n`);
      return { ...transcript!, id: `vtt ${minute}`, start: begin(minute), end: begin(minute + 1), content: text };
    });
    stage.zoom.addRecording({ ...lesson, files: [...segments, spoken[1]!] });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    stage.zoom.addRecording({ ...lesson, files: [...segments, ...spoken] });

    const catalog = recordingCatalog(server.services.database.tables);
    const files = spoken.map(({ id, start }) => ({
      ...{ id, fileType: 'TRANSCRIPT', recordingStart: start, downloadUrl: `${stage.zoom.origin}/rec/download/x` },
    }));
    const { recordings, engine } = server.services;
    const jobs = await recordings!.submitTranscripts(await catalog.save({ ...ingestOfLesson().recording, files }));
    expect(jobs).toEqual([`captions:${mediaPackage}:vtt 30`]);
    await engine.result(jobs[0]!, AbortSignal.timeout(30_000));
    expect(stage.opencast.added.map(({ text }) => text)).toEqual(['WEBVTT\n\nNOTE 30\n']);
    expect(elements(stage.opencast.workflows[0])).toContainEqual(['captions/source', spoken[1]!.content.length]);
  });

  it('our copies are removed some days after Opencast has finished, and no others', async () => {
    const stage = await recordingsStage({ RECORDINGS_KEEP_DAYS: '1' });
    stage.opencast.states = () => ['RUNNING', 'FAILED'];
    const server = await startReelway(stage);
    const failing = await submitLesson(server.services);
    await expect(failing.result()).rejects.toMatchObject({ code: 'opencast_workflow_failed' });
    const store = server.services.openStore(undefined);
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of store.list('recordings/')) found.push(key);
      return found;
    };
    const before = await keys();
    expect(before).toHaveLength(5);
    expect(before).toContainEqual(expect.stringContaining('.reelway/inventory.json'));
    await server.services.recordings!.sweep(Date.now() + 1000);
    expect(await keys()).toEqual(before);

    stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
    await server.services.engine.jobs.retry(failing.id);
    await failing.result();
    await server.services.recordings!.sweep(Date.now() - 60_000);
    expect(await keys()).toEqual(before);
    // One more ingest has begun, and has fetched nothing yet.
    const ledger = eventLedger(server.services.database.tables);
    const { prefix } = (await ledger.find(mediaPackage))!;
    await ledger.opened({ mediaPackageId: 'another', uuid, trackingId: 'on-demand-1', prefix });
    expect(await ledger.sweepable(Date.now() + 1000, 1)).toEqual([]);
    await server.services.recordings!.sweep(Date.now() + 1000);
    expect(await keys()).toEqual(before);
    await ledger.ended('another', 'SUCCEEDED');
    await server.services.recordings!.sweep(Date.now() + 1000);
    expect(await keys()).toEqual([]);
  });

  it("goes into Zoom's trash some days after Opencast has published it, and stays there while anything speaks against it", async () => {
    const stage = await recordingsStage({ ZOOM_TRASH_AFTER_DAYS: '7' });
    const [screen, ...others] = lesson.files;
    stage.zoom.addRecording({ ...lesson, files: [screen!] });
    stage.opencast.states = () => ['RUNNING', 'FAILED'];
    const server = await startReelway(stage);
    const { recordings, engine, database } = server.services;
    const soon = () => Date.now() + 1000;
    const lookAgain = () => database.tables.updateTable('opencast_event').set({ trash_looked_at: null }).execute();
    const failing = await submitLesson(server.services);
    await expect(failing.result()).rejects.toMatchObject({ code: 'opencast_workflow_failed' });
    expect(await recordings!.trash(soon())).toEqual({ trashed: 0, kept: [] });

    stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
    await engine.jobs.retry(failing.id);
    await failing.result();
    // The days of grace are not over.
    expect(await recordings!.trash(Date.now() - 60_000)).toEqual({ trashed: 0, kept: [] });
    stage.zoom.addRecording({ ...lesson, files: [screen!, ...others] });
    expect(await recordings!.trash(soon())).toEqual({
      ...{ trashed: 0, kept: [{ uuid, reason: 'in no event: active_speaker, audio_transcript' }] },
    });
    stage.zoom.addRecording({ ...lesson, files: [screen!] });
    stage.opencast.workflows[0]!.states = ['RUNNING'];
    await lookAgain();
    expect((await recordings!.trash(soon() + 1)).kept).toMatchObject([
      { uuid, reason: expect.stringMatching(/not publish/) as string },
    ]);
    stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
    // What must stay is not looked at again before the next day.
    expect(await recordings!.trash(soon() + 2)).toEqual({ trashed: 0, kept: [] });
    await lookAgain();
    const ledger = eventLedger(database.tables);
    const { prefix } = (await ledger.find(mediaPackage))!;
    await ledger.opened({ mediaPackageId: 'another', uuid, trackingId: 'on-demand-1', prefix });
    expect(await recordings!.trash(soon() + 3)).toEqual({ trashed: 0, kept: [] });
    await database.tables.deleteFrom('opencast_event').where('media_package_id', '=', 'another').execute();
    expect(stage.zoom.trashed).toEqual([]);

    expect(await recordings!.trash(soon() + 4)).toEqual({ trashed: 1, kept: [] });
    expect(stage.zoom.trashed).toEqual([uuid]);
    expect(await recordings!.trash(soon() + 5)).toEqual({ trashed: 0, kept: [] });
    expect(stage.zoom.requests.some(({ request }) => /^DELETE .*action=delete/.test(request))).toBe(false);
  });
});
