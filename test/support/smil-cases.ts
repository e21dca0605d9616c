export const smilDocument = (body: string) =>
  `<?xml version="1.0"?><smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head/><body>${body}</body></smil>`;

/** Name, text, and what is said of it. */
export const brokenSmil: readonly (readonly [string, string, string])[] = [
  ['another document', '<MPD/>', 'not SMIL: its root is <MPD>'],
  ['no video', smilDocument('<switch/>'), 'no <video> in its body'],
  ['a video without a file', smilDocument('<video systemLanguage="eng"/>'), '<video> has neither src nor name'],
  [
    'a flag that is none',
    smilDocument('<video src="a" includeAudio="maybe"/>'),
    'includeAudio: true or false is allowed; given: maybe',
  ],
  ['entities', `<!DOCTYPE smil [<!ENTITY a "b">]>${smilDocument('<video src="&a;"/>')}`, 'DOCTYPE'],
  ['what is not well-formed', '<smil><body></smil>', 'not well-formed XML'],
  ['too many files', smilDocument('<video src="a"/>'.repeat(65)), 'maximumSmilFiles'],
];
