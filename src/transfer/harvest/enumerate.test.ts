import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.js';
import { base, media, mpd, period, presentation, resourcesOf, set, short } from './enumerated.case.js';
import { kindOfManifest, textOfManifest } from './manifest.js';

describe('the resources of an HLS presentation', () => {
  it('are those of variants, renditions, I-frame and image playlists, session keys and session data', async () => {
    const documents = {
      'm.m3u8': [
        '#EXTM3U',
        '',
        '#EXT-X-CONTENT-STEERING:SERVER-URI="steer.json"',
        '#EXT-X-SESSION-DATA:DATA-ID="a",URI="data.json"',
        '#EXT-X-SESSION-DATA:DATA-ID="b",VALUE="inline"',
        '#EXT-X-SESSION-KEY:METHOD=AES-128,URI="s.key"',
        '#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",INSTREAM-ID="CC1"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="muxed",DEFAULT=YES',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",URI="a/fr.m3u8?x=1"',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"',
        '#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,URI="/img/p"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1',
        '  v/1.m3u8  ',
        '#EXT-X-STREAM-INF:BANDWIDTH=2',
        'v/1.m3u8',
      ].join('\r\n'),
      'a/fr.m3u8?x=1': media('#EXTINF:4,', 'fr.aac?t=%20#f'),
      'i.m3u8': media(
        '#EXT-X-I-FRAMES-ONLY',
        '#EXT-X-BYTERANGE:100@0',
        '#EXTINF:4,',
        'v/1.ts',
        '#EXT-X-BYTERANGE:50',
        '#EXTINF:4,',
        'v/1.ts',
      ),
      '/img/p': media('#EXT-X-IMAGES-ONLY', '#EXT-X-TILES:RESOLUTION=1x1,LAYOUT=1x1,DURATION=4', '#EXTINF:4,', 'p.jpg'),
      'v/1.m3u8': media(
        '#EXTINF:4,',
        '1.ts',
        '',
        '#EXTINF:4,',
        '//cdn.example/2.ts',
        '#EXT-X-GAP',
        '#EXTINF:4,',
        'gap.ts',
      ),
    };
    const { children } = await presentation(documents, 'm.m3u8');
    expect(children.map(({ requested }) => short(requested)).sort()).toEqual(
      ['a/fr.m3u8?x=1', 'https://origin.example/img/p', 'i.m3u8', 'v/1.m3u8'].sort(),
    );
    expect((await resourcesOf(documents, 'm.m3u8')).sort()).toEqual(
      [
        'data data.json',
        'key s.key >=16',
        'a/fr.aac?t=%20',
        'v/1.ts >=150',
        'https://origin.example/img/p.jpg',
        'https://cdn.example/2.ts',
      ].sort(),
    );
  });

  it('go on after a gap where its range ended', async () => {
    const ranges = ['100@0', '#EXT-X-GAP', '50', '25'].map((each) =>
      each.startsWith('#') ? each : `#EXT-X-BYTERANGE:${each}\n#EXTINF:4,\na.ts`,
    );
    expect(await resourcesOf({ 'v.m3u8': media(...ranges) }, 'v.m3u8')).toEqual(['a.ts >=175']);
    const other = ['#EXT-X-GAP', '#EXTINF:4,', 'b.ts', '#EXT-X-BYTERANGE:50', '#EXTINF:4,', 'a.ts'];
    await expect(resourcesOf({ 'v.m3u8': media(ranges[0]!, ...other) }, 'v.m3u8')).rejects.toThrow(
      'continues no range',
    );
  });

  it('are those of maps, keys, byte ranges, parts, variables and date ranges', async () => {
    const documents = {
      'p?host=cdn&v=9+%2f': media(
        '#EXT-X-DEFINE:NAME="path",VALUE="x/y"',
        '#EXT-X-DEFINE:QUERYPARAM="v"',
        '#EXT-X-KEY:METHOD=AES-128,URI="{$path}/k{$v}",IV=0x1',
        '#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,AA",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"',
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"',
        '#EXT-X-PART:DURATION=1,URI="part.m4s",BYTERANGE="20@10"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="hint.m4s"',
        '#EXTINF:4,',
        '{$path}/1.m4s',
        '#EXT-X-KEY:METHOD=NONE',
        '#EXT-X-DATERANGE:ID="ad",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="ad/i.m3u8"',
        '#EXT-X-DATERANGE:ID="ads",START-DATE="2026-01-01T00:00:00Z",X-ASSET-LIST="ads.json"',
        '#EXTINF:4,',
        'data:video/mp2t;base64,AAAA',
      ),
      'ad/i.m3u8': media('#EXTINF:4,', 'ad.ts'),
      'ads.json': '{"ASSETS":[{"URI":"ad/i.m3u8","DURATION":4},{"URI":"ad2/i.mpd","DURATION":4}]}',
      'ad2/i.mpd':
        '<MPD><Period><AdaptationSet><Representation><BaseURL>one.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>',
    };
    expect((await resourcesOf(documents, 'p?host=cdn&v=9+%2f')).sort()).toEqual(
      ['key x/y/k9+/ >=16', 'init.mp4 >=700', 'part.m4s >=30', 'x/y/1.m4s', 'ad/ad.ts', 'ad2/one.mp4'].sort(),
    );
  });

  it.each([
    ['a live playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts', 'source_live'],
    [
      'a playlist that was cut off',
      '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.t',
      'source_live',
    ],
    ['another scheme', media('#EXTINF:4,', 'file:///etc/passwd'), 'url_refused'],
    ['a password', media('#EXTINF:4,', 'https://user:secret@origin.example/1.ts'), 'url_refused'],
    ['a range that continues nothing', media('#EXT-X-BYTERANGE:5', '#EXTINF:4,', '1.ts'), 'source_invalid'],
    ['a variable that is not defined', media('#EXTINF:4,', '{$x}.ts'), 'source_invalid'],
    ['a delta update', media('#EXT-X-SKIP:SKIPPED-SEGMENTS=3', '#EXTINF:4,', '1.ts'), 'source_invalid'],
    ['an HTML page', '<!DOCTYPE html><html><body>Sign in</body></html>', 'source_invalid'],
    ['nothing', '', 'source_invalid'],
    ['bytes that are no UTF-8', Buffer.from('#EXTM3U\n#EXT-X-ENDLIST\n\xff\xfe', 'latin1'), 'source_invalid'],
  ])('%s is refused', async (_name, text, code) => {
    await expect(presentation({ 'm.m3u8': text }, 'm.m3u8')).rejects.toMatchObject({ code });
  });

  describe('with redirects', () => {
    const master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n1/p.m3u8\n';

    it('of the entry are those beside where it came from', async () => {
      const documents = {
        'm.m3u8': `${base}new/m.m3u8`,
        'new/m.m3u8': master,
        'new/1/p.m3u8': media('#EXTINF:4,', 'a.ts'),
      };
      expect(await resourcesOf(documents, 'm.m3u8')).toEqual(['new/1/a.ts']);
    });

    it('of a child within its folder are found', async () => {
      const documents = {
        'm.m3u8': master,
        '1/p.m3u8': `${base}1/q.m3u8?t=1`,
        '1/q.m3u8?t=1': media('#EXTINF:4,', 'a.ts'),
      };
      expect(await resourcesOf(documents, 'm.m3u8')).toEqual(['1/a.ts']);
    });

    const elsewhere = `${base}2/p.m3u8`;
    const range = (attribute: string) =>
      media(`#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:00Z",${attribute}`, '#EXTINF:4,', 'm.ts');
    it.each([
      ['playlist', { 'm.m3u8': master, '1/p.m3u8': elsewhere }],
      ['presentation', { 'm.m3u8': range('X-ASSET-URI="1/p.m3u8"'), '1/p.m3u8': elsewhere }],
      [
        'list of assets',
        { 'm.m3u8': range('X-ASSET-LIST="1/l.json"'), '1/l.json': `${base}2/l.json`, '2/l.json': '{"ASSETS":[]}' },
      ],
    ])('of a %s to another folder are refused, since a mirror would be broken', async (_name, documents) => {
      const found = presentation({ ...documents, '2/p.m3u8': media('#EXTINF:4,', 'a.ts') }, 'm.m3u8');
      await expect(found).rejects.toMatchObject({ code: 'source_unsupported' });
    });
  });

  it('is refused when assets lie inside assets without end', async () => {
    const dateRange = (n: number) =>
      media(`#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="${n}.m3u8"`, '#EXTINF:1,', '1.ts');
    const documents = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}.m3u8`, dateRange(n + 1)]));
    await expect(presentation(documents, '0.m3u8')).rejects.toMatchObject({ code: 'source_too_large' });
    await expect(presentation({ 'c.m3u8': dateRange(0).replace('0.m3u8', 'c.m3u8') }, 'c.m3u8')).resolves.toBeDefined();
  });
});

describe('what packaged-vod-downloader failed at', () => {
  it('blank lines, a rendition without URI, and references from the root, to another host and with queries', async () => {
    const documents = {
      'm.m3u8': [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",INSTREAM-ID="CC1"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="in the video",DEFAULT=YES',
        '',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a",CLOSED-CAPTIONS="cc"',
        'v.m3u8?token=1',
      ].join('\n'),
      'v.m3u8?token=1': media(
        '',
        '#EXTINF:4,',
        '/root.ts',
        '',
        '#EXTINF:4,',
        '//cdn.example/b.ts',
        '#EXTINF:4,',
        'c.ts?m=15',
      ),
    };
    expect(await resourcesOf(documents, 'm.m3u8')).toEqual([
      'https://origin.example/root.ts',
      'https://cdn.example/b.ts',
      'c.ts?m=15',
    ]);
  });

  it('a media playlist in place of a multivariant one', async () => {
    expect(await resourcesOf({ 'v.m3u8': media('#EXTINF:4,', 'a.ts') }, 'v.m3u8')).toEqual(['a.ts']);
  });

  it('a child playlist that is missing is told as such', async () => {
    const lost = presentation({ 'm.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlost.m3u8' }, 'm.m3u8');
    await expect(lost).rejects.toThrow('asked for https://origin.example/v/lost.m3u8');
  });
});

describe('what is refused', () => {
  it.each([
    ['a broken attribute list', media('#EXT-X-MAP:URI="i.mp4?token=secret"x', '#EXTINF:4,', 'a.ts')],
    ['an unknown identifier', mpd(period(set('<SegmentTemplate media="$No$.m4s?token=secret"/>')))],
    ['another scheme', media('#EXTINF:4,', 'ftp://user:secret@origin.example/1.ts?token=secret')],
    ['a password', media('#EXTINF:4,', 'https://user:secret@origin.example/1.ts')],
  ])('is told without the secrets of an address: %s', async (_name, text) => {
    const error: unknown = await presentation({ m: text }, 'm').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).message).not.toContain('secret');
    expect(JSON.stringify((error as Failure).details)).not.toContain('secret');
  });
});

describe('the resources of a Smooth Streaming presentation', () => {
  const client = (body: string, attributes = ''): string =>
    `<SmoothStreamingMedia MajorVersion="2" MinorVersion="0" Duration="60000000" ${attributes}>${body}</SmoothStreamingMedia>`;

  it('are the fragments of every quality level at every chunk', async () => {
    const text = client(
      '<StreamIndex Type="video" Url="QualityLevels({bitrate})/Fragments(video={start time})"><QualityLevel Index="0" Bitrate="900"/><QualityLevel Index="1" Bitrate="300"/>' +
        '<c t="10" d="20" r="2"/><c d="5"/><c/></StreamIndex>' +
        '<StreamIndex Type="audio" Url="Q({Bitrate},{CustomAttributes})/F(a={start_time})"><QualityLevel bitrate="64"><CustomAttributes><Attribute Name="l" Value="en"/><Attribute Name="m" Value="1"/></CustomAttributes></QualityLevel><c t="17000000000000001" d="1"/></StreamIndex>' +
        '<StreamIndex Type="text" Name="empty"/>',
    );
    const video = (bitrate: number) =>
      [10, 30, 50, 55].map((t) => `x.ism/QualityLevels(${bitrate})/Fragments(video=${t})`);
    expect(await resourcesOf({ 'x.ism/Manifest': Buffer.from(`\uFEFF${text}`, 'utf16le') }, 'x.ism/Manifest')).toEqual([
      ...video(900),
      ...video(300),
      'x.ism/Q(64,l=en,m=1)/F(a=17000000000000001)',
    ]);
  });

  it.each([
    ['a live one', client('', 'IsLive="TRUE"'), 'source_live'],
    [
      'a huge r',
      client('<StreamIndex Url="{start time}"><QualityLevel/><c t="0" d="1" r="99999999999"/></StreamIndex>'),
      'source_too_large',
    ],
    [
      'a quality level without a bit rate',
      client('<StreamIndex Url="{bitrate}{start time}"><QualityLevel/><c t="0" d="1"/></StreamIndex>'),
      'source_invalid',
    ],
  ])('%s is refused', async (_name, text, code) => {
    await expect(presentation({ Manifest: text }, 'Manifest')).rejects.toMatchObject({ code });
  });
});

describe('a manifest', () => {
  it('is told by its content, in the coding that it says', () => {
    const of = (bytes: Uint8Array) => kindOfManifest(textOfManifest({ bytes, url: base }), base);
    expect(of(Buffer.from('\uFEFF#EXTM3U\n'))).toBe('hls');
    expect(of(Buffer.from('<!-- x --><dash:MPD/>'))).toBe('dash');
    expect(of(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><MPD a="\xe9"/>', 'latin1'))).toBe('dash');
    expect(of(Buffer.from('<?xml version="1.0" encoding="utf-16"?><SmoothStreamingMedia/>', 'utf16le'))).toBe('mss');
    expect(of(Buffer.from('<?xml version="1.0" encoding="utf-16"?><SmoothStreamingMedia Name="é"/>'))).toBe('mss');
    expect(() => of(Buffer.from('<?xml version="1.0" encoding="made-up"?><MPD/>'))).toThrow(/is not text in made-up/);
  });
});
