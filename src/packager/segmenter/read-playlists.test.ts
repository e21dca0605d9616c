import { describe, expect, it } from 'vitest';
import type { SourceReader } from '../model/source-reader.js';
import { defaultLimits } from './limits.js';
import { readPlaylists } from './read-playlists.js';

/** A source that is text only, by URI. */
function textReader(files: Readonly<Record<string, string>>): SourceReader {
  const bytesOf = (uri: string) => {
    const text = files[uri];
    if (text === undefined) throw new Error(`no ${uri}`);
    return new TextEncoder().encode(text);
  };
  return {
    read: ({ uri }) => Promise.resolve(bytesOf(uri)),
    readSome: ({ uri }, offset, length) => Promise.resolve(bytesOf(uri).subarray(offset, offset + length)),
    size: ({ uri }) => Promise.resolve(bytesOf(uri).length),
  };
}

const media = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n';

function read(multivariant: string) {
  const names = ['v.m3u8', 'en.m3u8', 'de.m3u8'].map((name) => [`https://a/${name}`, media]);
  const reader = textReader({ 'https://a/index.m3u8': multivariant, ...Object.fromEntries(names) });
  return readPlaylists('https://a/index.m3u8', { reader, limits: defaultLimits, concurrency: 2 });
}

describe('a multivariant playlist that names a URI more than once', () => {
  it('has one rendition with all audio groups of the variant', async () => {
    const { renditions } = await read(
      `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="lo",NAME="English",URI="en.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="hi",NAME="English",URI="en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="lo"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3,AUDIO="hi"
v.m3u8`,
    );
    expect(renditions.map(({ id, uri, variant, media: of }) => [id, uri, variant, of?.groupIds])).toEqual([
      ['r1', 'https://a/v.m3u8', { bandwidth: 2, audioGroups: ['lo', 'hi'] }, undefined],
      ['r2', 'https://a/en.m3u8', undefined, ['lo', 'hi']],
    ]);
  });

  it('has one rendition for audio that is offered alone and in a group', async () => {
    const { renditions } = await read(
      `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
en.m3u8`,
    );
    expect(renditions.map(({ uri, variant, media: of }) => [uri, variant?.bandwidth, of?.name])).toEqual([
      ['https://a/v.m3u8', 2, undefined],
      ['https://a/en.m3u8', 1, 'English'],
    ]);
  });

  it('is refused when it names it in more groups than maximumAudioGroups, in time that grows with their number', async () => {
    const variants = (count: number) =>
      Array.from({ length: count }, (_, at) => `#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="g${at}"\nv.m3u8\n`).join('');
    await expect(read(`#EXTM3U\n${variants(100_000)}`)).rejects.toThrow('maximumAudioGroups');
    const { renditions } = await read(`#EXTM3U\n${variants(1000).repeat(50)}`);
    expect(renditions[0]!.variant!.audioGroups).toHaveLength(1000);
  });
});

describe('variables of playlists', () => {
  const address = 'https://a/index.m3u8?token=t1';
  const files = {
    [address]: `#EXTM3U
#EXT-X-DEFINE:NAME="base",VALUE="https://cdn/x"
#EXT-X-DEFINE:QUERYPARAM="token"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9,URI="{$base}/iframes.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="{$base}/en.m3u8?part=p2"
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a"
{$base}/v.m3u8`,
    'https://cdn/x/v.m3u8': `#EXTM3U
#EXT-X-DEFINE:IMPORT="base"
#EXT-X-DEFINE:IMPORT="token"
#EXT-X-DEFINE:NAME="kind",VALUE="m4s"
#EXT-X-KEY:METHOD=AES-128,URI="{$base}/key?token={$token}",IV=0x01
#EXT-X-MAP:URI="init.mp4?token={$token}"
#EXTINF:4,
1.{$kind}?token={$token}
#EXT-X-ENDLIST`,
    'https://cdn/x/en.m3u8?part=p2': `#EXTM3U
#EXT-X-DEFINE:QUERYPARAM="part"
#EXTINF:4,
{$part}/1.aac
#EXT-X-ENDLIST`,
  };
  const reading = { reader: textReader(files), limits: defaultLimits, concurrency: 2 };

  it('are put in wherever they stand: addresses of playlists, segments, maps and keys', async () => {
    const { renditions } = await readPlaylists(address, reading);
    const [video, audio] = renditions.map(({ segments }) => segments[0]);
    expect(video?.range.uri).toBe('https://cdn/x/1.m4s?token=t1');
    expect(video?.map?.uri).toBe('https://cdn/x/init.mp4?token=t1');
    expect(video?.range.encryption?.key).toBe('https://cdn/x/key?token=t1');
    expect(audio?.range.uri).toBe('https://cdn/x/p2/1.aac');
  });

  it('are refused where they are not defined', async () => {
    const broken = textReader({ ...files, 'https://cdn/x/en.m3u8?part=p2': '#EXTM3U\n#EXTINF:4,\n{$base}/1.aac\n' });
    await expect(readPlaylists(address, { ...reading, reader: broken })).rejects.toThrow(
      'the variable base is not defined',
    );
  });
});

it('I-frame playlists of the source are not read', async () => {
  const reader = textReader({
    'https://a/index.m3u8':
      '#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9,URI="missing.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=2\nv.m3u8',
    'https://a/v.m3u8': media,
  });
  const { renditions, notes } = await readPlaylists('https://a/index.m3u8', {
    ...{ reader, limits: defaultLimits, concurrency: 2 },
  });
  expect(renditions.map(({ uri }) => uri)).toEqual(['https://a/v.m3u8']);
  expect(notes).toEqual([]);
});
