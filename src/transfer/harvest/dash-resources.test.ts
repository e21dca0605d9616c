import { describe, expect, it } from 'vitest';
import { mpd, oneFile, period, presentation, resourcesOf, set } from './enumerated.case.js';

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
