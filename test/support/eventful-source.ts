import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMediaPlaylist } from '../../src/manifest/hls/read-media-playlist.js';
import { packetSize, parsePacketHeader } from '../../src/packager/mpegts/packet.js';
import { parsePesHeader } from '../../src/packager/mpegts/pes.js';
import { findProgram } from '../../src/packager/mpegts/program.js';
import { type StreamEvent, withEvents } from './eventful-stream.js';
import { writeId3, writeSpliceInsert } from './splice-writer.js';

/** Seconds after the first picture. */
export const eventTimes = { id3: [1, 3.5, 6.2], leave: 4, return: 6 } as const;

/** Puts three ID3 tags and an announced break of SCTE 35 into the segments of a playlist on disk, in place. */
export async function addEvents(playlist: string): Promise<void> {
  const { segments } = readMediaPlaylist(await readFile(playlist, 'utf8'));
  const files = segments.map(({ uri }) => path.join(path.dirname(playlist), uri));
  const bytes = await Promise.all(files.map(async (file) => new Uint8Array(await readFile(file))));
  const start = firstPicture(bytes[0] ?? new Uint8Array());
  const at = (seconds: number) => start + Math.round(seconds * 90_000);
  const duration = (eventTimes.return - eventTimes.leave) * 90_000;
  const events: StreamEvent[] = [
    ...eventTimes.id3.map((time, index) => ({ format: 'id3' as const, at: at(time), data: writeId3(`tag ${index}`) })),
    { format: 'scte35', at: at(1), data: writeSpliceInsert({ pts: at(eventTimes.leave) % 2 ** 33, duration }) },
  ];
  const made = withEvents(bytes, events);
  await Promise.all(files.map((file, index) => writeFile(file, made[index] ?? '')));
}

/** PTS of the first PES packet of the video: of the key picture, which in display is the first one. */
function firstPicture(segment: Uint8Array): number {
  const video = findProgram(segment)?.streams.find(({ content }) => content.kind === 'video')?.pid;
  for (let at = 0; at < segment.length; at += packetSize) {
    const { pid, unitStart, payload } = parsePacketHeader(segment, at);
    const pts =
      pid === video && unitStart ? parsePesHeader(segment.subarray(payload, at + packetSize))?.pts : undefined;
    if (pts !== undefined) return pts;
  }
  throw new Error('the segment holds no picture');
}
