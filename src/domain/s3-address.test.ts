import { describe, expect, it } from 'vitest';
import { readS3Address, readS3Arn, s3Address, s3Arn } from './s3-address.js';

const keys = [
  'a/index.m3u8',
  'lecture #1/index.m3u8',
  'what? why?/a b.smil',
  '100%/50%20.mp4',
  'C++/a+b=c&d,e;f@g:h.mp4',
  "Vorlesung über Größe/ä ö ü – 讲座 (1) 'x'!*.m3u8",
  'a//b/./c.mp4',
];

describe('the address of an object of S3', () => {
  it.each(keys)('leads back to the key %j, and so does its ARN', (key) => {
    const object = { bucket: 'media.example', key };
    expect(readS3Address(s3Address(object))).toEqual(object);
    expect(readS3Arn(s3Arn(object))).toEqual(object);
  });

  it('is what it was for keys of letters and digits, and leaves other readers of URLs no doubt', () => {
    expect(s3Address({ bucket: 'b', key: 'a/B-1_2.m3u8' })).toBe('s3://b/a/B-1_2.m3u8');
    const url = new URL(s3Address({ bucket: 'b', key: 'lecture #1/50%?.m3u8' }));
    expect([decodeURIComponent(url.pathname), url.search, url.hash]).toEqual(['/lecture #1/50%?.m3u8', '', '']);
  });

  it('may be written with spaces and letters of other languages', () => {
    expect(readS3Address('s3://b/über uns/a.mp4')).toEqual({ bucket: 'b', key: 'über uns/a.mp4' });
  });

  it.each(['s3://b/a#1/x', 's3://b/a?x', 's3://b/100%/x', 's3://b/', 's3:///x', 'https://b/x', ''])(
    'is not taken from %j',
    (text) => expect(readS3Address(text)).toBeUndefined(),
  );

  it('is of any partition as an ARN, which names an object', () => {
    expect(readS3Arn('arn:aws-us-gov:s3:::b/k')).toEqual({ bucket: 'b', key: 'k' });
    expect(readS3Arn('arn:aws:s3:::b')).toBeUndefined();
    expect(s3Arn({ bucket: 'b', key: 'k' }, 'aws-cn')).toBe('arn:aws-cn:s3:::b/k');
  });
});
