import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openFailureFile, type LineFailure } from './batch-failures.js';

let folder: string;
let list: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-failures-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  [list, file] = [path.join(folder, 'list'), path.join(folder, 'failed')];
  await writeFile(list, '{"id":"a"}\nnonsense\n{"id":"c"}\n');
});
const failures = new Map<number, LineFailure>([
  [2, { code: 'invalid_request', message: 'no JSON' }],
  [3, { code: 'endpoints_failed', message: 'gone' }],
]);

describe('the file of the requests of a batch that failed', () => {
  it('is the next list: each as it was given, with why it failed', async () => {
    await (await openFailureFile(file)).write(list, failures);
    expect(await readFile(file, 'utf8')).toBe(
      '{"given":"nonsense","failure":{"line":2,"code":"invalid_request","message":"no JSON"}}\n' +
        '{"id":"c","failure":{"line":3,"code":"endpoints_failed","message":"gone"}}\n',
    );
  });

  it('may be the list itself', async () => {
    const opened = await openFailureFile(list);
    await opened.write(list, failures);
    await opened.discard();
    expect((await readFile(list, 'utf8')).split('\n')).toHaveLength(3);
    expect(await readdir(folder)).toEqual(['list']);
  });

  it('is none when nothing failed, and stays as it was when the run is broken off', async () => {
    await writeFile(file, 'of an earlier run');
    await (await openFailureFile(file)).discard();
    expect(await readFile(file, 'utf8')).toBe('of an earlier run');
    await (await openFailureFile(file)).write(list, new Map());
    expect(await readdir(folder)).toEqual(['list']);
  });

  it.each([
    ['a folder that is not there', () => path.join(folder, 'none/failed')],
    ['a file as a folder', () => path.join(list, 'failed')],
    ['a folder', () => folder],
  ])('that cannot be written is refused before the work begins: %s', async (_name, place) => {
    await expect(openFailureFile(place())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--failures: \S+ cannot be written: /) as string,
    });
  });

  it.runIf(process.getuid?.() !== 0)('that may not be written is refused, too', async () => {
    await mkdir(path.join(folder, 'closed'));
    await chmod(path.join(folder, 'closed'), 0o500);
    await expect(openFailureFile(path.join(folder, 'closed/failed'))).rejects.toMatchObject({ code: 'usage' });
  });
});
