import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ffmpeg } from '../../test/support/ffmpeg.js';
import { reelway } from '../../test/support/reelway.js';
import { requires } from '../../test/support/requires.js';

describe.runIf(requires('ffmpeg'))('reelway package', () => {
  it('says once what it adds to the source, for people and as JSON', async () => {
    const out = mkdtempSync(join(tmpdir(), 'reelway-package-'));
    onTestFinished(() => rmSync(out, { recursive: true }));
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
