import { Buffer } from 'node:buffer';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The least that a packager in Node can take: reads all bytes of a source and writes them as new files of the length of a segment, and does nothing
 * else. `node bench/copy.mjs <file or folder> <folder>`
 */
const [from, to] = process.argv.slice(2);
/** bytes: 6 s of 6.3 Mbit/s */
const segmentBytes = 4_800_000;
/** As many as `reelway package` has under way. */
const lanes = 3;

const sources = (await stat(from)).isDirectory()
  ? (await readdir(from, { recursive: true })).map((name) => join(from, name))
  : [from];

async function* segments() {
  for (const path of sources) {
    const { size } = await stat(path);
    const file = await open(path);
    for (let at = 0; at < size; at += segmentBytes) yield { file, at };
  }
}

await mkdir(to, { recursive: true });
const todo = segments();
let written = 0;
async function copySegments() {
  const memory = Buffer.allocUnsafeSlow(segmentBytes);
  for await (const { file, at } of todo) {
    const { bytesRead } = await file.read(memory, 0, segmentBytes, at);
    const out = await open(join(to, String((written += 1))), 'w');
    await out.write(memory, 0, bytesRead);
    await out.close();
  }
}
await Promise.all(Array.from({ length: lanes }, copySegments));
