import { describe, expect, it } from 'vitest';
import { readWebVtt } from '../webvtt/read-webvtt.js';
import { writeWebVtt } from '../webvtt/write-webvtt.js';
import { readTtml } from './read-ttml.js';

const document = (body: string, { head = '', root = '' } = {}) =>
  `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ${root}><head>${head}</head><body><div>${body}</div></body></tt>`;
const p = (times: string, text = 'x') => document(`<p ${times}>${text}</p>`);

const cases: readonly (readonly [string, string, readonly [number, number, string, string?][], number?])[] = [
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
  ['ticks', document('<p begin="10000000t" end="20000000t">x</p>', { root: 'ttp:tickRate="10000000"' }), [[1, 2, 'x']]],
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
  ['times that are none', p('begin="soon"'), [], 1],
  ['an empty paragraph', p('end="1s"', ' <br/> '), []],
];

describe('TTML', () => {
  it.each(cases.map(([name, text, cues, broken = 0]) => ({ name, text, cues, broken })))(
    'reads $name',
    ({ text, cues, broken }) => {
      const read = readTtml(text);
      expect(read.cues.map((cue) => [cue.start / 90_000, cue.end / 90_000, cue.text, cue.settings])).toEqual(
        cues.map(([start, end, shown, settings = '']) => [start, end, shown, settings]),
      );
      expect(read.broken).toBe(broken);
    },
  );

  it.each([
    ['a document type', `<!DOCTYPE tt [<!ENTITY a "b">]>${p('end="1s"', '&a;')}`, 'DOCTYPE'],
    ['entities', p('end="1s"', '&a;'), 'not well-formed'],
    ['another document', '<html/>', 'not TTML'],
    ['pictures', p('end="1s"', '<image src="a.png"/>'), 'pictures'],
    ['times of the studio', document('', { root: 'ttp:timeBase="smpte"' }), 'timeBase smpte'],
    ['depth without end', '<tt>'.repeat(100), 'maxDepth'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readTtml(text)).toThrow(message);
  });

  it('gives cues that can always be written as WebVTT', () => {
    for (const [, text] of cases) {
      const { cues } = readTtml(text);
      expect(readWebVtt(writeWebVtt({ styles: [], regions: [], cues })).cues).toEqual(cues);
    }
  });
});
