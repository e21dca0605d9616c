import { maximumCues } from '../../src/packager/codec/webvtt/read-webvtt.js';

const second = 90_000;
const cue = (start: number, end: number, text: string, more = {}) => ({
  start: start * second,
  end: end * second,
  settings: '',
  text,
  ...more,
});
const none = { styles: [], regions: [], cues: [], broken: 0, timestampMap: { local: 0, mpegts: 0 } };

/** What is read, and written back where it is written another way. */
export const webVttCases: readonly (readonly [string, string, object])[] = [
  ['nothing but the header', 'WEBVTT', none],
  ['a title, and a byte order mark', '\uFEFFWEBVTT - a title\n', none],
  [
    'the map of HLS',
    'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:01.000,MPEGTS:900000\n\n00:01.000 --> 00:02.500\nHi\n',
    { ...none, cues: [cue(1, 2.5, 'Hi')], timestampMap: { local: second, mpegts: 900_000 } },
  ],
  [
    'a map the other way about, with 33 bits exceeded',
    'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589934593, LOCAL:00:00:00.000\n',
    { ...none, timestampMap: { local: 0, mpegts: 1 } },
  ],
  [
    'identifiers, settings and several lines',
    'WEBVTT\r\n\r\n7\r\n100:00:00.000 --> 100:00:01.000 line:10%,end position:20% align:start bogus:1 size:200%\r\na\r\n<i>b</i> &amp; c\r\n',
    {
      ...none,
      cues: [
        cue(360_000, 360_001, 'a\n<i>b</i> &amp; c', { id: '7', settings: 'line:10%,end position:20% align:start' }),
      ],
    },
  ],
  [
    'styles, regions and notes',
    'WEBVTT\n\nSTYLE\n::cue(b) { color: red }\n\nREGION\nid:fred\nwidth:40%\n\nNOTE\nno matter\n\n00:00.000 --> 00:01.000 region:fred\nx\n\nNOTE end\n',
    {
      ...none,
      styles: ['::cue(b) { color: red }'],
      regions: ['id:fred\nwidth:40%'],
      cues: [cue(0, 1, 'x', { settings: 'region:fred' })],
    },
  ],
  [
    'settings of old files',
    'WEBVTT\n\n00:00.000 --> 00:01.000 align:middle\nx',
    { ...none, cues: [cue(0, 1, 'x', { settings: 'align:center' })] },
  ],
  ['a cue without text', 'WEBVTT\n\n00:00.000 --> 00:01.000\n', { ...none, cues: [cue(0, 1, '')] }],
  ['a cue right after the header', 'WEBVTT\n00:00.000 --> 00:01.000\nx', { ...none, cues: [cue(0, 1, 'x')] }],
  ['hours of one digit', 'WEBVTT\n\n1:00:00.000 --> 1:00:01.000\nx', { ...none, cues: [cue(3600, 3601, 'x')] }],
  [
    'cues without a blank line before their times',
    'WEBVTT\n\nNOTE of\ntwo lines\n00:00.000 --> 00:01.000\nx\n00:01.000 --> 00:02.000\ny\nz\n00:02.000 --> 00:03.000\n',
    { ...none, cues: [cue(0, 1, 'x'), cue(1, 2, 'y\nz'), cue(2, 3, '')] },
  ],
  [
    'cues that are broken',
    'WEBVTT\n\n00:02.000 --> 00:01.000\nbackwards\n\n1 --> 2\nno times\n\n00:00.000 --> 00:01.000\nx\n\n00:61.000 --> 00:99.000\ny',
    { ...none, cues: [cue(0, 1, 'x')], broken: 3 },
  ],
];

/** Text, and what is said of it. */
export const webVttBroken: readonly (readonly [string, string])[] = [
  ['', 'not WebVTT'],
  ['WEBVTTX', 'not WebVTT'],
  ['1\n00:00:00,000 --> 00:00:01,000\nSubRip', 'not WebVTT'],
  [`WEBVTT\n\n${'00:00.000 --> 00:01.000\n\n'.repeat(maximumCues + 1)}`, 'maximumCues'],
];

/** Name, text, cues as start, end, text and settings in seconds, and how many are broken. */
export const srtCases: readonly (readonly [string, string, readonly [number, number, string, string?][], number?])[] = [
  [
    'cues',
    '1\n00:00:01,000 --> 00:00:02,500\nOne\ntwo\n\n2\n00:01:00,040 --> 00:01:01,000 X1:1\nThree\n',
    [
      [1, 2.5, 'One\ntwo'],
      [60.04, 61, 'Three'],
    ],
  ],
  ['CRLF, a byte order mark, points, short fractions', '\uFEFF1\r\n0:0:1.5 --> 0:0:2.25\r\nx\r\n', [[1.5, 2.25, 'x']]],
  [
    'tags, and what is none',
    '1\n00:00:00,000 --> 00:00:01,000\n<i>a <b>b</b> <font color="red">c</font> 1 < 2 & 3 > 2</u>',
    [[0, 1, '<i>a <b>b</b> c 1 &lt; 2 &amp; 3 &gt; 2</i>']],
  ],
  ['places', '1\n00:00:00,000 --> 00:00:01,000\n{\\an8}top', [[0, 1, 'top', 'line:0']]],
  [
    'blank lines within a cue, and no numbers',
    '00:00:00,000 --> 00:00:01,000\na\n\nb\n\n00:00:01,000 --> 00:00:02,000\nc',
    [
      [0, 1, 'a\nb'],
      [1, 2, 'c'],
    ],
  ],
  ['cues that are broken', '1\n00:00:05,000 --> 00:00:01,000\nx\n\n2\nsoon --> later\ny', [], 2],
  ['nothing', '', []],
];

const document = (body: string, { head = '', root = '' } = {}) =>
  `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ${root}><head>${head}</head><body><div>${body}</div></body></tt>`;
const p = (times: string, text = 'x') => document(`<p ${times}>${text}</p>`);

export const ttmlCases: readonly (readonly [string, string, readonly [number, number, string, string?][], number?])[] =
  [
    ['clock times', p('begin="00:00:01.5" end="00:00:02"'), [[1.5, 2, 'x']]],
    ['an offset and a duration', p('begin="1500ms" dur="0.5s"'), [[1.5, 2, 'x']]],
    ['hours and minutes', p('begin="0.5h" end="31m"'), [[1800, 1860, 'x']]],
    ['frames', document('<p begin="00:00:01:12" end="50f">x</p>', { root: 'ttp:frameRate="25"' }), [[1.48, 2, 'x']]],
    [
      'frames of 29.97',
      document('<p begin="00:00:00:00" end="30f">x</p>', {
        root: 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"',
      }),
      [[0, 1.001, 'x']],
    ],
    [
      'ticks',
      document('<p begin="10000000t" end="20000000t">x</p>', { root: 'ttp:tickRate="10000000"' }),
      [[1, 2, 'x']],
    ],
    ['times in times', document('</div><div begin="10s" end="12s"><p begin="1s" end="5s">x</p>'), [[11, 12, 'x']]],
    [
      'a sequence',
      document('</div><div timeContainer="seq"><p dur="1s">a</p><p begin="1s" dur="1s">b</p>'),
      [
        [0, 1, 'a'],
        [2, 3, 'b'],
      ],
    ],
    ['line breaks, spaces and escapes', p('end="1s"', '\n  a &lt;b&gt; <br/>\n  c\n '), [[0, 1, 'a &lt;b&gt;\nc']]],
    [
      'styles',
      document('<p end="1s" style="it">a <span tts:color="#FFFF00" tts:fontWeight="bold">b</span></p>', {
        head: '<styling><style xml:id="it" tts:fontStyle="italic"/></styling>',
      }),
      [[0, 1, '<i>a </i><b><i><c.yellow>b</c></i></b>']],
    ],
    [
      'regions',
      document('<p end="1s" region="top" tts:textAlign="left">x</p>', {
        head: '<layout><region xml:id="top" tts:origin="10% 5%" tts:extent="80% 20%" tts:displayAlign="before"/></layout>',
      }),
      [[0, 1, 'x', 'line:5% align:left']],
    ],
    [
      'spans with times of their own',
      p('begin="10s" end="13s"', 'a<span begin="1s"> b</span><span begin="2s"> c</span>'),
      [
        [10, 11, 'a'],
        [11, 12, 'a b'],
        [12, 13, 'a b c'],
      ],
    ],
    [
      'a sequence of spans, in which text by itself lasts no time',
      p('timeContainer="seq" end="9s"', 'x<span dur="1s">a</span><br/><span begin="1s" dur="1s">b</span>'),
      [
        [0, 1, 'a'],
        [2, 3, 'b'],
      ],
    ],
    [
      'styles that refer to one another without end',
      document('<p end="1s" style="a">x</p>', {
        head: `<styling><style xml:id="a" style="${'a b '.repeat(20)}" tts:fontStyle="italic"/><style xml:id="b" style="${'a '.repeat(20)}" tts:fontWeight="bold"/></styling>`,
      }),
      [[0, 1, '<b><i>x</i></b>']],
    ],
    ['times that are none', p('begin="soon"'), [], 1],
    ['an empty paragraph', p('end="1s"', ' <br/> '), []],
  ];

export const ttmlBroken: readonly (readonly [string, string, string])[] = [
  ['a document type', `<!DOCTYPE tt [<!ENTITY a "b">]>${p('end="1s"', '&a;')}`, 'DOCTYPE'],
  ['entities', p('end="1s"', '&a;'), 'not well-formed'],
  ['another document', '<html/>', 'not TTML'],
  ['pictures', p('end="1s"', '<image src="a.png"/>'), 'pictures'],
  ['times of the studio', document('', { root: 'ttp:timeBase="smpte"' }), 'timeBase smpte'],
  ['depth without end', '<tt>'.repeat(100), 'maxDepth'],
];
