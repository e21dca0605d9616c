import type { Notice } from './notice.js';

/** The notice as a page for mail: its text with the subject as heading and addresses as links. No image, no style from elsewhere. */
export function noticeHtml({ subject, text, data }: Pick<Notice, 'subject' | 'text' | 'data'>): string {
  const rest = (text.startsWith(subject) ? text.slice(subject.length) : text).trim();
  const colour = data.Type === 'ERROR' ? '#b3261e' : '#1b6e3c';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font-family:sans-serif;font-size:15px;line-height:1.5">',
    `<h1 style="font-size:18px;color:${colour}">${escaped(subject)}</h1>`,
    ...rest.split(/\n{2,}/).map((paragraph) => `<p style="white-space:pre-wrap">${linked(paragraph)}</p>`),
    '</body></html>',
  ].join('\n');
}

function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 1 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
