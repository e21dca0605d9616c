import { describe, expect, it } from 'vitest';
import { mpd, oneFile, period, presentation, resourcesOf, set, short, shown } from './enumerated.case.js';

const remotePeriod = (name: string): string => period('', `xlink:href="${name}" xlink:actuate="onLoad"`);

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
