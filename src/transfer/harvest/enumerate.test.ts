import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.js';
import { enumerate, type Presentation } from './enumerate.js';
import { kindOfManifest, textOfManifest, type FetchedManifest } from './manifest.js';
import type { Resource } from './resource.js';

const base = 'https://origin.example/v/';

/** A presentation of documents that are there by name; a value that is a URL is a redirect. */
function presentation(documents: Readonly<Record<string, string | Uint8Array>>, entry: string): Promise<Presentation> {
  return enumerate(new URL(entry, base).href, (url): Promise<FetchedManifest> => {
    const name = Object.keys(documents).find((each) => new URL(each, base).href === url);
    if (name === undefined) return Promise.reject(new Error(`asked for ${url}`));
    const document = documents[name]!;
    const target = typeof document === 'string' && URL.canParse(document) ? document : url;
    const bytes = Buffer.from(target === url ? document : documents[short(target)]!);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
    return Promise.resolve({ requested: url, url: target, bytes, digest });
  });
}

const short = (url: string): string => (url.startsWith(base) ? url.slice(base.length) : url);

async function resourcesOf(documents: Record<string, string | Uint8Array>, entry: string): Promise<string[]> {
  const { resources } = await presentation(documents, entry);
  return [...resources].map(shown);
}

/** `name`, or `kind name`, with what is demanded of it. */
function shown({ url, kind, atLeast, optional }: Resource): string {
  const facts = `${atLeast === undefined ? '' : ` >=${atLeast}`}${optional ? ' ?' : ''}`;
  return `${kind === 'media' ? '' : `${kind} `}${short(url)}${facts}`;
}

const media = (...lines: string[]): string =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');

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

const mpd = (body: string, attributes = 'type="static" mediaPresentationDuration="PT10S"'): string =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${body}</MPD>`;
const set = (inner: string, representation = 'id="v" bandwidth="500"', own = ''): string =>
  `<AdaptationSet>${inner}<Representation ${representation}>${own}</Representation></AdaptationSet>`;
const period = (inner: string, attributes = ''): string => `<Period ${attributes}>${inner}</Period>`;

const dash: [name: string, text: string, expected: string[]][] = [
  [
    'BaseURL at each level, and the first of several',
    mpd(
      `<BaseURL>m/</BaseURL>${period(`<BaseURL>p/</BaseURL><BaseURL>https://other.example/</BaseURL>${set('<BaseURL>a/</BaseURL>', 'id="v"', '<BaseURL>r/one.mp4?q=1</BaseURL><SegmentBase indexRange="700-999"><Initialization range="0-699"/></SegmentBase>')}`)}`,
    ),
    ['m/p/a/r/one.mp4?q=1 >=1000'],
  ],
  [
    'an absolute BaseURL below replaces what is above',
    mpd(`<BaseURL>m/</BaseURL>${period(set('', 'id="v"', '<BaseURL>https://cdn.example/x.mp4</BaseURL>'))}`),
    ['https://cdn.example/x.mp4'],
  ],
  [
    'SegmentTemplate merged attribute by attribute over three levels',
    mpd(
      period(
        `<SegmentTemplate timescale="10" startNumber="5"/>${set('<SegmentTemplate duration="40" media="$RepresentationID$_$Number%03d$.m4s"/>', 'id="v" bandwidth="1"', '<SegmentTemplate initialization="$RepresentationID$.mp4"/>')}`,
      ),
    ),
    ['v.mp4', 'v_005.m4s', 'v_006.m4s', 'v_007.m4s'],
  ],
  [
    'durations: the last partial segment counts, a short rest by rounding may be missing',
    mpd(period(set('<SegmentTemplate duration="4" media="$Number$"/>'))),
    ['1', '2', '3'],
  ],
  [
    'durations: what is less than half a segment may have been joined to the one before',
    mpd(period(set('<SegmentTemplate timescale="10" duration="49" media="$Number$"/>'))),
    ['1', '2', '3 ?'],
  ],
  [
    'durations: a rest that is a rounding error is none',
    mpd(
      period(set('<SegmentTemplate timescale="30000" duration="150150" media="$Number$"/>')),
      'mediaPresentationDuration="PT10.010000003S"',
    ),
    ['1', '2'],
  ],
  [
    'endNumber',
    mpd(period(set('<SegmentTemplate duration="1" startNumber="3" endNumber="4" media="$Number$"/>')), ''),
    ['3', '4'],
  ],
  [
    'SegmentTimeline: $Time$, S without t, r, gaps, and r=-1 to the next t and to the end of the Period',
    mpd(
      period(
        set(
          '<SegmentTemplate timescale="2" presentationTimeOffset="100" media="$Time$-$Bandwidth%06d$.m4s?a=$$"><SegmentTimeline><S t="100" d="4" r="1"/><S d="2"/><S t="114" d="1" r="-1"/><S t="116" d="2" r="-1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ),
    ['100', '104', '108', '114', '115', '116', '118'].map((time) => `${time}-000500.m4s?a=$`),
  ],
  [
    'SegmentTimeline: less than half a segment at the end of the Period may have been joined to the one before',
    mpd(
      period(
        set(
          '<SegmentTemplate timescale="10" media="$Number$"><SegmentTimeline><S t="0" d="48" r="-1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ),
    ['1', '2', '3 ?'],
  ],
  [
    'SegmentTimeline: half a segment at the end of the Period and more is one, and so is what the next t or endNumber says',
    mpd(
      period(
        set(
          '<SegmentTemplate timescale="10" media="a$Number$"><SegmentTimeline><S t="0" d="40" r="-1"/></SegmentTimeline></SegmentTemplate>',
        ) +
          set(
            '<SegmentTemplate timescale="10" media="b$Number$"><SegmentTimeline><S t="0" d="48" r="-1"/><S t="100" d="1"/></SegmentTimeline></SegmentTemplate>',
          ) +
          set(
            '<SegmentTemplate timescale="10" endNumber="3" media="c$Number$"><SegmentTimeline><S t="0" d="48" r="-1"/></SegmentTimeline></SegmentTemplate>',
          ) +
          set(
            '<SegmentTemplate media="d$Number$"><SegmentTimeline><S t="0" d="30" r="-1"/></SegmentTimeline></SegmentTemplate>',
          ),
      ),
    ),
    ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4', 'c1', 'c2', 'c3', 'd1'],
  ],
  [
    'SegmentTimeline: numbers count on, whatever the times',
    mpd(
      period(
        set(
          '<SegmentTemplate startNumber="0" media="n$Number$"><SegmentTimeline><S t="7" d="3" r="1"/><S t="100" d="1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ),
    ['n0', 'n1', 'n2'],
  ],
  [
    'times of 64 bits',
    mpd(
      period(
        set(
          '<SegmentTemplate timescale="10000000" media="$Time$"><SegmentTimeline><S t="17000000000000001" d="20000000" r="1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ),
    ['17000000000000001', '17000000020000001'],
  ],
  [
    'segment sequences: $SubNumber$',
    mpd(
      period(
        set(
          '<SegmentTemplate media="$Number$.$SubNumber$"><SegmentTimeline><S t="0" d="4" k="2" r="1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ),
    ['1.1', '1.2', '2.1', '2.2'],
  ],
  [
    'index and bitstream switching segments, Initialization as an element',
    mpd(
      period(
        set(
          '<SegmentTemplate duration="10" media="$Number$.m4s" index="$Number$.sidx" bitstreamSwitching="bs.mp4"><Initialization sourceURL="i.mp4" range="0-9"/></SegmentTemplate>',
        ),
      ),
    ),
    ['bs.mp4', 'i.mp4 >=10', '1.m4s', '1.sidx'],
  ],
  [
    'SegmentList, also of ranges of the BaseURL',
    mpd(
      period(
        set(
          '<SegmentList duration="5"><Initialization sourceURL="init"/><SegmentURL media="a"/><SegmentURL media="b" mediaRange="10-19"/></SegmentList>',
        ) +
          set(
            '',
            'id="w"',
            '<BaseURL>w.mp4</BaseURL><SegmentList><Initialization range="0-5"/><SegmentURL mediaRange="6-99"/><SegmentURL mediaRange="100-149" index="w.idx"/></SegmentList>',
          ),
      ),
    ),
    ['init', 'a', 'b >=20', 'w.mp4 >=150', 'w.idx'],
  ],
  [
    'an Initialization of a range alone, which is one of the BaseURL, where segments are other files',
    mpd(
      period(
        set(
          '',
          'id="w"',
          '<BaseURL>w.mp4</BaseURL><SegmentList><Initialization range="0-5"/><RepresentationIndex range="6-9"/><SegmentURL media="1.m4s"/></SegmentList>',
        ) +
          set(
            '',
            'id="x"',
            '<BaseURL>x.mp4</BaseURL><SegmentTemplate duration="10" media="x$Number$.m4s"><Initialization range="0-5"/></SegmentTemplate>',
          ),
      ),
    ),
    ['w.mp4 >=10', '1.m4s', 'x.mp4 >=6', 'x1.m4s'],
  ],
  [
    'one file, where a SegmentTemplate or a SegmentList names no segments',
    mpd(
      period('<SegmentTemplate timescale="1000"/>' + set('', 'id="v"', '<BaseURL>v.mp4</BaseURL>')) +
        period(
          set('<SegmentList><Initialization sourceURL="init"/></SegmentList>', 'id="w"', '<BaseURL>w.mp4</BaseURL>'),
        ),
    ),
    ['v.mp4', 'init', 'w.mp4'],
  ],
  [
    'the initialization of an InitializationSet, beside the first BaseURL',
    mpd(
      `<BaseURL>m/</BaseURL><InitializationSet id="1" initialization="is.mp4"/><InitializationSet id="2"/>${period(set('<SegmentTemplate duration="10" media="$Number$"/>'))}`,
    ),
    ['m/is.mp4', 'm/1'],
  ],
  [
    'periods: lengths by duration, by the next start, and to the end; each with its own base',
    mpd(
      period(`<BaseURL>1/</BaseURL>${set('<SegmentTemplate duration="2" media="$Number$"/>')}`, 'duration="PT4S"') +
        period(`<BaseURL>2/</BaseURL>${set('<SegmentTemplate duration="2" media="$Number$"/>')}`) +
        period(`<BaseURL>3/</BaseURL>${set('<SegmentTemplate duration="2" media="$Number$"/>')}`, 'start="PT0M8.0S"'),
    ),
    ['1/1', '1/2', '2/1', '2/2', '3/1'],
  ],
  [
    'sidecar text and thumbnails',
    mpd(
      period(
        '<AdaptationSet mimeType="text/vtt"><Representation id="t"><BaseURL>s.vtt</BaseURL></Representation></AdaptationSet>' +
          '<AdaptationSet mimeType="image/jpeg"><SegmentTemplate media="th_$Number$.jpg" duration="5"/><Representation id="i"/></AdaptationSet>' +
          '<AdaptationSet mimeType="application/ttml+xml"><Representation id="x"><SegmentTemplate media="$RepresentationID$.ttml"/></Representation></AdaptationSet>',
      ),
    ),
    ['text s.vtt', 'th_1.jpg', 'th_2.jpg', 'text x.ttml'],
  ],
  [
    'remote elements that resolve to nothing',
    mpd(
      period(set('', 'id="v"', '<BaseURL>v.mp4</BaseURL>')) +
        period('', 'xlink:href="urn:mpeg:dash:resolve-to-zero:2013"'),
    ),
    ['v.mp4'],
  ],
  [
    'characters that addresses encode',
    mpd(
      period(set('<SegmentTemplate duration="10" media="ü b/../$RepresentationID$/$Number$.m4s"/>', 'id="a b&amp;ç"')),
    ),
    ['a%20b&%C3%A7/1.m4s'],
  ],
];

const remotePeriod = (name: string): string => period('', `xlink:href="${name}" xlink:actuate="onLoad"`);
const oneFile = (name: string): string => set('', `id="${name}"`, `<BaseURL>${name}</BaseURL>`);

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

describe('remote elements of an MPD', () => {
  it('are put in where they are named, and their documents are stored, each once', async () => {
    const documents = {
      'm.mpd': mpd(
        `<BaseURL>media/</BaseURL>${remotePeriod('p.xml')}${period(`${oneFile('own.mp4')}<AdaptationSet xlink:href="a.xml"/>`)}${remotePeriod('p.xml')}`,
      ),
      // Two Periods side by side, which is no XML document; the second lies elsewhere again.
      'media/p.xml': `<?xml version="1.0"?>\n${period(oneFile('first.mp4'))}${remotePeriod('q.xml')}`,
      'media/q.xml': period(`<BaseURL>q/</BaseURL>${oneFile('second.mp4')}`),
      'media/a.xml': oneFile('set.mp4'),
    };
    const found = await presentation(documents, 'm.mpd');
    expect([...found.resources].map(shown)).toEqual([
      'media/first.mp4',
      'media/q/second.mp4',
      'media/own.mp4',
      'media/set.mp4',
    ]);
    expect(found.children.map(({ url }) => short(url))).toEqual(['media/p.xml', 'media/q.xml', 'media/a.xml']);
  });

  it('have segments that go on to the next Period, which may be remote', async () => {
    const timed = period(set('<SegmentTemplate duration="4" media="$Number$.m4s"/>'), 'start="PT0S"');
    const documents = {
      'm.mpd': mpd(`${timed}${remotePeriod('p.xml')}`),
      'p.xml': period(oneFile('last.mp4'), 'start="PT8S"'),
    };
    expect(await resourcesOf(documents, 'm.mpd')).toEqual(['1.m4s', '2.m4s', 'last.mp4']);
  });

  const levels = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.xml`, remotePeriod(`${n + 1}.xml`)]));
  const refused: [name: string, documents: Record<string, string>, code: string, words: string][] = [
    [
      'a circle',
      { '0.xml': remotePeriod('1.xml'), '1.xml': remotePeriod('0.xml') },
      'source_invalid',
      'refers to itself',
    ],
    ['the MPD itself', { '0.xml': remotePeriod('m.mpd') }, 'source_invalid', 'refers to itself'],
    ['many levels', levels(9), 'source_too_large', 'maxRemoteDepth'],
    ['another element', { '0.xml': set('') }, 'source_invalid', 'has no Period'],
    ['no XML', { '0.xml': '<Period>' }, 'source_invalid', 'not well-formed'],
    ['a document type', { '0.xml': '<!DOCTYPE a [<!ENTITY b "c">]><Period/>' }, 'source_invalid', ''],
    ['a forbidden scheme', { '0.xml': remotePeriod('file:///etc/passwd') }, 'url_refused', 'no address over http'],
  ];
  it.each(refused)('are refused for %s', async (_name, documents, code, words) => {
    const attempt = presentation({ 'm.mpd': mpd(remotePeriod('0.xml')), ...documents }, 'm.mpd');
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  it('are refused when few documents would become very many elements', async () => {
    const many = remotePeriod('1.xml').repeat(2000);
    const documents = { 'm.mpd': mpd(remotePeriod('0.xml')), '0.xml': many, '1.xml': many, '2.xml': many };
    documents['1.xml'] = remotePeriod('2.xml').repeat(2000);
    documents['2.xml'] = period(oneFile('a.mp4'));
    await expect(presentation(documents, 'm.mpd')).rejects.toMatchObject({ code: 'source_too_large' });
  });
});

describe('the resources of a DASH presentation', () => {
  it.each(dash)('%s', async (_name, text, expected) => {
    expect(await resourcesOf({ 'm.mpd': text }, 'm.mpd')).toEqual(expected);
  });

  it.each([
    ['as it says itself', 'mediaPresentationDuration="P0Y0M0DT0H3M30.500S"', 'duration="PT4S"', 210_500],
    ['in days', 'mediaPresentationDuration="P1D"', '', 86_400_000],
    ['of its Periods', '', 'duration="PT4.5S"', 9000],
    ['that nothing says', '', '', 0],
  ])('are of a duration %s', async (_name, attributes, ofPeriod, durationMs) => {
    const text = mpd(period(oneFile('a.mp4'), ofPeriod) + period(oneFile('b.mp4'), ofPeriod), attributes);
    expect((await presentation({ 'm.mpd': text }, 'm.mpd')).durationMs).toBe(durationMs);
  });

  const refused: [name: string, text: string, code: string][] = [
    ['a dynamic MPD', mpd(period(''), 'type="dynamic"'), 'source_live'],
    ['an MPD that imports another', mpd(period('<ImportedMPD uri="m.mpd"/>')), 'source_unsupported'],
    ['a document type', `<!DOCTYPE MPD [<!ENTITY a "b">]>${mpd(period(''))}`, 'source_invalid'],
    ['XML that is cut off', mpd(period('')).slice(0, -9), 'source_invalid'],
    ['no Period', mpd(''), 'source_invalid'],
    [
      'an Initialization of a range of a folder',
      mpd(period(set('<SegmentList><Initialization range="0-5"/><SegmentURL media="a"/></SegmentList>'))),
      'source_invalid',
    ],
    ['a Representation without media', mpd(period(set(''))), 'source_invalid'],
    [
      'a SegmentTemplate without media',
      mpd(period(set('<SegmentTemplate initialization="i.mp4" duration="1"/>'))),
      'source_invalid',
    ],
    ['a SegmentList without segments', mpd(period(set('<SegmentList duration="1"/>'))), 'source_invalid'],
    [
      'a presentationTimeOffset that is no number',
      mpd(
        period(
          set(
            '<SegmentTemplate media="$Time$" presentationTimeOffset="1.5"><SegmentTimeline><S t="0" d="1" r="-1"/></SegmentTimeline></SegmentTemplate>',
          ),
        ),
      ),
      'source_invalid',
    ],
    [
      'durations without an end',
      mpd(period(set('<SegmentTemplate duration="1" media="$Number$"/>')), ''),
      'source_invalid',
    ],
    [
      'r=-1 without an end',
      mpd(
        period(
          set(
            '<SegmentTemplate media="$Time$"><SegmentTimeline><S t="0" d="1" r="-1"/></SegmentTimeline></SegmentTemplate>',
          ),
        ),
        '',
      ),
      'source_invalid',
    ],
    [
      'a huge r',
      mpd(
        period(
          set(
            '<SegmentTemplate media="$Time$"><SegmentTimeline><S t="0" d="1" r="999999999999"/></SegmentTimeline></SegmentTemplate>',
          ),
        ),
      ),
      'source_too_large',
    ],
    ['a duration of nothing', mpd(period(set('<SegmentTemplate duration="0" media="$Number$"/>'))), 'source_invalid'],
    [
      'a tiny duration',
      mpd(period(set('<SegmentTemplate timescale="1000000" duration="1" media="$Number$"/>'))),
      'source_too_large',
    ],
    ['an unknown identifier', mpd(period(set('<SegmentTemplate duration="1" media="$Nummer$"/>'))), 'source_invalid'],
    [
      '$Bandwidth$ without bandwidth',
      mpd(period(set('<SegmentTemplate duration="9" media="$Bandwidth$"/>', 'id="v"'))),
      'source_invalid',
    ],
    ['another scheme', mpd(period(set('', '', '<BaseURL>file:///etc/passwd</BaseURL>'))), 'url_refused'],
    ['a million Periods', mpd('<Period/>'.repeat(1_000_000)), 'source_too_large'],
    ['a deep nest', `${'<MPD>'.repeat(100)}${'</MPD>'.repeat(100)}`, 'source_too_large'],
  ];
  it.each(refused)('%s is refused', async (_name, text, code) => {
    await expect(presentation({ 'm.mpd': text }, 'm.mpd')).rejects.toMatchObject({ code });
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
