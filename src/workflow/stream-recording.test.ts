import { describe, expect, it } from 'vitest';
import type { Recording, RecordingFile } from '../domain/recording.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { JobContext } from './definition.js';
import type { FetchFileInput } from './fetch-recording-file.js';
import { streamRecording, type StreamInput, type StreamServices } from './stream-recording.js';

const video = { id: 'video', fileType: 'MP4', recordingType: 'active_speaker', downloadUrl: 'https://zoom.us/1' };
const transcript = {
  id: 'vtt',
  fileType: 'TRANSCRIPT',
  recordingType: 'audio_transcript',
  downloadUrl: 'https://zoom.us/2',
};

function recordingOf(...files: RecordingFile[]): Recording {
  return {
    ...{ accountId: 'account', uuid: 'a==', meetingId: '123456789', topic: 'Algebra', hostId: 'host', files },
    ...{ startTime: '2026-11-23T14:00:00Z', durationMinutes: 50 },
  };
}

/** @param lists of Zoom, one after the other, the last one for ever @param announced by webhooks meanwhile */
async function packaged({ lists, announced }: { lists: Recording[]; announced: RecordingFile[] }) {
  const left = [...lists];
  const listed: (readonly string[])[] = [];
  const sources: string[] = [];
  const services = {
    source: {
      recording: () => Promise.resolve({ recording: left.length > 1 ? left.shift() : left[0], downloadToken: 't' }),
    },
    ...{ incomplete: 'wait', patience: {}, targets: 0, fetchFile: {}, packageEndpoint: {} },
    catalog: {
      save: (recording: Recording) => Promise.resolve({ ...recording, files: [...announced, ...recording.files] }),
      recordingEvents: () => Promise.resolve([]),
    },
    streams: {
      opened: () => Promise.resolve(),
      ended: () => Promise.resolve(),
      listed: (_: string, names: readonly string[]) => Promise.resolve(void listed.push(names)),
    },
    store: { put: (_: string, bytes: Uint8Array) => Promise.resolve(void sources.push(Buffer.from(bytes).toString())) },
    addToEndpoint: () => Promise.resolve(),
    sourceOf: (key: string) => key,
    writeInventory: () => Promise.resolve(),
  } as unknown as StreamServices;
  const job = {
    id: 'stream:a==',
    step: (_: string, action: (step: unknown) => Promise<unknown>) => action({ signal: new AbortController().signal }),
    startChild: (_: unknown, id: string, input: FetchFileInput | object) => Promise.resolve({ id, input }),
    settleChildren: (children: readonly { id: string; input: Partial<FetchFileInput> }[]) =>
      Promise.resolve(
        children.map(({ id, input: { file, key } }) => ({
          ...{ id, status: 'done' },
          result: file ? { file, key, size: 1, digest: 'sha256:0' } : { playbackUrls: [] },
        })),
      ),
  } as unknown as JobContext;
  const input = {
    request: { uuid: 'a==', recording: recordingOf(), series: { id: 's' } } as unknown as IngestRequest,
    ...{ configurations: [{ Id: 'hls' }], packagingGroupId: 'recordings', alone: false },
  } as unknown as StreamInput;
  await streamRecording(services).run(input, job);
  return { listed, sources };
}

describe('a recording that is packaged', () => {
  it('has the transcript that Zoom announced between its last list and our note of it', async () => {
    const [before, after] = [recordingOf(video), recordingOf(video, transcript)];
    const { listed, sources } = await packaged({ lists: [before, before, after], announced: [transcript] });
    expect(listed).toEqual([['video'], ['video', 'vtt']]);
    expect(sources).toEqual([expect.stringContaining('<textstream')]);
  });

  it('does without what was announced and is in no list', async () => {
    const { listed, sources } = await packaged({ lists: [recordingOf(video)], announced: [transcript] });
    expect(listed).toEqual([['video'], ['video']]);
    expect(sources).toHaveLength(1);
  });

  it('is listed once when nothing was announced that its list has not', async () => {
    const chat = { id: 'chat', fileType: 'CHAT' };
    const { listed } = await packaged({ lists: [recordingOf(video)], announced: [video, chat] });
    expect(listed).toEqual([['video']]);
  });
});
