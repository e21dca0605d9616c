import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nalType } from '../../src/packager/codec/h264/nal-unit.js';
import { startCodeFinder } from '../../src/packager/codec/annexb.js';
import { rollUp, writeCaptionSei } from '../support/caption-writer.js';
import { decode, ffmpeg } from '../support/ffmpeg.js';
import { annexB } from '../support/h264-writer.js';
import { reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { makeSource } from './source.js';

/** An elementary stream with captions before the first slice of every picture; each picture is one slice. */
function withCaptions(stream: Uint8Array): Uint8Array {
  const sei = annexB([writeCaptionSei([...rollUp(0, 1), [3, 0x02, 0x22], [2, 0x41, 0x42]])]);
  const find = startCodeFinder(stream);
  const parts: Uint8Array[] = [];
  for (let at = find(0); at >= 0;) {
    const next = find(at + 3);
    const unit = stream.subarray(at, next < 0 ? stream.length : next);
    const type = (unit[3] ?? 0) & 31;
    if (type === nalType.idrSlice || type === nalType.slice) parts.push(sei);
    parts.push(unit);
    at = next;
  }
  return new Uint8Array(Buffer.concat(parts));
}

describe.runIf(requires('ffmpeg'))('captions in the pictures of MP4s', () => {
  let folder: string;
  let plain: string;
  let captioned: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-captions-'));
    const shape = { shape: 'MP4 without audio', bFrames: 0, seconds: 4 } as const;
    plain = (await makeSource(path.join(folder, 'source'), shape)).entry;
    const stream = path.join(folder, 'stream.h264');
    await ffmpeg('-i', plain, '-c', 'copy', '-f', 'h264', stream);
    await writeFile(stream, withCaptions(await readFile(stream)));
    captioned = path.join(folder, 'captioned.mp4');
    await ffmpeg('-r', '25', '-f', 'h264', '-i', stream, '-c', 'copy', captioned);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const packaged = async (out: string, entry: string) => {
    const group = path.join(folder, 'group.json');
    const manifests = [{ ManifestName: 'index' }];
    await writeFile(
      group,
      JSON.stringify([
        { Id: 'cmaf', CmafPackage: { HlsManifests: manifests } },
        { Id: 'dash', DashPackage: { DashManifests: manifests } },
      ]),
    );
    const run = await reelway(['package', entry, '--out', path.join(folder, out), '--config', group]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const text = (file: string) => readFile(path.join(folder, out, file), 'utf8');
    return { hls: await text('cmaf/index.m3u8'), mpd: await text('dash/index.mpd') };
  };
  const expectAnnounced = ({ hls, mpd }: { hls: string; mpd: string }) => {
    expect(hls.match(/INSTREAM-ID="\w+"/g)).toEqual(['INSTREAM-ID="CC1"', 'INSTREAM-ID="SERVICE1"']);
    expect(mpd).toContain('<Accessibility schemeIdUri="urn:scte:dash:cc:cea-608:2015"');
    expect(mpd).toContain('<Accessibility schemeIdUri="urn:scte:dash:cc:cea-708:2015"');
  };

  it('are found in one file, and again in what is made of it where its playlist does not announce them', async () => {
    expectAnnounced(await packaged('once', captioned));
    const media = path.join(folder, 'once/cmaf/index_video_1.m3u8');
    expectAnnounced(await packaged('again', media));
    const [expected] = await decode(plain);
    expect(await decode(path.join(folder, 'again/cmaf/index_video_1.m3u8'))).toEqual([expected]);
  });

  it('are not announced where there are none', async () => {
    const { hls, mpd } = await packaged('none', plain);
    expect(hls + mpd).not.toMatch(/INSTREAM-ID|Accessibility/);
  });
});
