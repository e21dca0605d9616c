import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkList, readBatch, type BatchLine } from './batch-list.js';

async function read(content: string | Buffer): Promise<BatchLine[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-batch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'list'), content);
  const lines: BatchLine[] = [];
  for await (const line of readBatch(join(folder, 'list'))) lines.push(line);
  return lines;
}

describe('a list of requests', () => {
  it('is read line by line, across the borders of what is read at once, with the numbers that editors show', async () => {
    const filler = 'ä'.repeat(40_000);
    const lines = await read(`{"id":"a","x":"${filler}"}\r\n\n{"id":"b","x":"${filler}"}\n{"id":"c"}`);
    expect(lines.map(({ number }) => number)).toEqual([1, 3, 4]);
    expect(lines[1]).toEqual({ number: 3, request: { id: 'b', x: filler } });
  });

  it('takes what is wrong with a line for that line alone, and leaves out why it failed earlier', async () => {
    const lines = await read('{"id":\n[1]\n"text"\n{"id":"a","failure":{"line":7}}\n');
    expect(lines.slice(0, 3).map((line) => 'failure' in line && line.failure.code)).toEqual(
      Array.from({ length: 3 }, () => 'invalid_request'),
    );
    expect(lines[3]).toEqual({ number: 4, request: { id: 'a' } });
  });

  it('holds no line that is too long', async () => {
    const lines = await read(Buffer.concat([Buffer.alloc(5_000_000, 'x'), Buffer.from('\n{"id":"a"}\n')]));
    expect(lines).toMatchObject([
      { number: 1, failure: { message: 'the line is longer than 1048576 bytes' } },
      { number: 2, request: { id: 'a' } },
    ]);
    expect((lines[0] as { given: string }).given).toHaveLength(1000);
  });

  it('is a file, which can be read once more for what failed, and no pipe', async () => {
    await expect(checkList('/dev/null')).rejects.toMatchObject({
      code: 'usage',
      message: '/dev/null is no file: a list is read twice, once more for what failed. Write it to a file.',
    });
    await checkList(import.meta.filename);
  });

  it('that is not there is said to be so', async () => {
    const reading = readBatch(join(tmpdir(), 'no-such-list')).next();
    await expect(reading).rejects.toMatchObject({ code: 'usage' });
  });
});
