import { expect, it } from 'vitest';
import { shownSource } from './shown-source.js';

it.each([
  ['https://a.example/b/c.m3u8?X-Amz-Signature=secret#t', 'https://a.example/b/c.m3u8'],
  ['HTTPS://user:pass@word@a.example/b@c.m3u8', 'HTTPS://a.example/b@c.m3u8'],
  ['https://user@a.example?secret', 'https://a.example'],
  ['s3://bucket/what?#.mp4', 's3://bucket/what?#.mp4'],
  ['/media/what?.mp4', '/media/what?.mp4'],
])('shows of %s what is no password', (source, shown) => {
  expect(shownSource(source)).toBe(shown);
});
