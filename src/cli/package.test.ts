import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ffmpeg } from '../../test/support/ffmpeg.js';
import { projectRoot, reelway } from '../../test/support/reelway.js';
import { requires } from '../../test/support/requires.js';

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reelway-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe.runIf(requires('ffmpeg'))('reelway package', () => {
  it('says once what it adds to the source, for people and as JSON', async () => {
    const out = freshFolder();
    const movie = join(out, 'late.mp4');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=4', '-itsoffset', '1', '-f', 'lavfi', '-i', 'sine=d=3'],
      ...['-c:v', 'libx264', '-bf', '0', '-c:a', 'aac', movie],
    );
    const note = /\d\.\d\d s of silence are added to the sound of r1, which begins late/;
    const run = await reelway(['package', movie, '--out', out]);
    expect(run.stdout.match(/^note: /gm)).toHaveLength(1);
    expect(run.stdout).toMatch(note);
    const again = await reelway(['package', movie, '--out', out, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      endpoints: [{ status: 'skipped', notes: [expect.stringMatching(note)] }, { status: 'skipped' }],
    });
  });
});

describe.runIf(existsSync('/dev/full'))('a stream of the command that cannot be written', () => {
  const sample = join(projectRoot, 'examples/sample/index.m3u8');
  const into = (redirection: string) => ['sh', '-c', `exec "$@" ${redirection}`, 'sh'];

  it('is no reason to stop where it only tells how far the work is', async () => {
    const out = freshFolder();
    const run = await reelway(['package', sample, '--out', out, '--format', 'cmaf'], { through: into('2>/dev/full') });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cmaf: made/) as string });
    const closed = await reelway(['package', sample, '--out', out, '--format', 'hls'], { through: into('2>&-') });
    expect(closed.code).toBe(0);
  });

  it('is told in a line where it was for the result', async () => {
    const out = freshFolder();
    const run = await reelway(['package', sample, '--out', out, '--format', 'cmaf'], { through: into('>/dev/full') });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^error: standard output cannot be written: ENOSPC/m);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
