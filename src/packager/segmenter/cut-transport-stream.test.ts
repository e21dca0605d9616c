import { describe, expect, it } from 'vitest';
import { demuxPeriod, demuxSource } from '../../../test/support/demuxed.js';
import { frames, layOut, multiplex, pictures, type Unit, unitsEach } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { audioPid, videoPid } from '../../../test/support/transport-stream.js';
import { indexSource } from './asset-index.js';

const stream = (video: readonly Unit[], audio: readonly Unit[] = []) =>
  multiplex([
    layOut(videoPid, video, unitsEach(video, 1)),
    ...(audio.length > 0 ? [layOut(audioPid, audio, unitsEach(audio, 5))] : []),
  ]);

describe('a single transport stream', () => {
  it('is cut at key frames, and gives the same samples as a playlist', async () => {
    const [video, audio] = [pictures(90), frames(144)];
    const bytes = new Uint8Array(Buffer.concat(stream(video, audio)));
    const { index, renditions } = await demuxSource(memorySource({ 'mem://one': bytes }), 'mem://one', {
      segmentDuration: 1,
    });
    expect(index.renditions[0]!.periods[0]!.segments.map(({ tracks }) => tracks[0]!.start / 90_000)).toEqual([
      0.04, 1.24, 2.44,
    ]);
    expect(renditions[0]!.map(({ samples }) => samples.map(({ data }) => data.toString()).join())).toEqual(
      [video, audio].map((units) => units.map(({ sample }) => Buffer.from(sample).toString()).join()),
    );
  });

  it('may begin amid a group of pictures, and is without what cannot be decoded', async () => {
    const bytes = new Uint8Array(Buffer.concat(stream(pictures(45).slice(5))));
    const { index, renditions } = await demuxSource(memorySource({ 'mem://one': bytes }), 'mem://one', {
      segmentDuration: 0.3,
    });
    expect(renditions[0]![0]!.samples.map(({ sync }) => sync).indexOf(true)).toBe(0);
    expect(renditions[0]![0]!.samples).toHaveLength(30);
    expect(index.renditions[0]!.periods[0]!.segments).toHaveLength(2);
    expect(index.notes[0]).toContain('10 pictures before the first key frame');
  });

  it('goes on behind a hole where it has PAT and PMT at its head alone', async () => {
    const [first, second] = [pictures(30), pictures(15, { start: 126_000 + 60 * 90_000 })];
    const bytes = new Uint8Array(Buffer.concat(stream([...first, ...second])));
    const reader = memorySource({ 'mem://one': bytes });
    const [rendition] = (await indexSource(reader, 'mem://one')).renditions;
    const periods = await Promise.all(rendition!.periods.map((period) => demuxPeriod(reader, period)));
    expect(periods.map(([video]) => video!.samples.length)).toEqual([30, 15]);
  });

  it('may have pictures that are far apart and need each other, as slides may be', async () => {
    const minute = 60 * 90_000;
    const slides = [0, 1, 2].flatMap((page) =>
      pictures(15, { start: 126_000 + page * minute }).slice(page * 5, page * 5 + 5),
    );
    const reader = memorySource({ 'mem://one': new Uint8Array(Buffer.concat(stream(slides))) });
    const [rendition] = (await indexSource(reader, 'mem://one')).renditions;
    expect(rendition!.periods).toHaveLength(1);
    const [video] = await demuxPeriod(reader, rendition!.periods[0]!);
    expect(video!.samples.map(({ data }) => Buffer.from(data))).toEqual(
      slides.map(({ sample }) => Buffer.from(sample)),
    );
  });
});
