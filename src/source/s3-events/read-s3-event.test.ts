import { describe, expect, it } from 'vitest';
import { readS3Event } from './read-s3-event.js';

const record = (key: string, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'incoming', arn: 'arn:aws:s3:::incoming' }, object: { key, size: 3, eTag: 'e' } },
});
const records = (...given: readonly object[]): string => JSON.stringify({ Records: given });
const bySns = (message: string): string =>
  JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:eu-west-1:1:t', Message: message });
const byEventBridge = (key: string, type = 'Object Created'): string =>
  JSON.stringify({
    source: 'aws.s3',
    'detail-type': type,
    detail: { bucket: { name: 'incoming' }, object: { key, size: 3 } },
  });

describe('a message of S3', () => {
  it('names what was created, with keys decoded as forms are', () => {
    const keys = ['a/index.m3u8', 'Talk+1+%2B+2.mp4', '%C3%A4%2Fb%25.smil'];
    const events = ['ObjectCreated:Put', 'ObjectCreated:CompleteMultipartUpload', 'ObjectCreated:Copy'];
    expect(readS3Event(records(...keys.map((key, n) => record(key, events[n]))))).toEqual([
      { bucket: 'incoming', key: 'a/index.m3u8' },
      { bucket: 'incoming', key: 'Talk 1 + 2.mp4' },
      { bucket: 'incoming', key: 'ä/b%.smil' },
    ]);
  });

  it('may be wrapped by SNS, also twice, and come from EventBridge, which does not encode keys', () => {
    const created = [{ bucket: 'incoming', key: 'a b.mp4' }];
    expect(readS3Event(bySns(records(record('a+b.mp4'))))).toEqual(created);
    expect(readS3Event(bySns(bySns(records(record('a+b.mp4')))))).toEqual(created);
    expect(readS3Event(byEventBridge('a b.mp4'))).toEqual(created);
    expect(readS3Event(bySns(byEventBridge('a+b%20.mp4')))).toEqual([{ bucket: 'incoming', key: 'a+b%20.mp4' }]);
  });

  it('may name nothing that was created: a test event, removals, other events', () => {
    expect(readS3Event(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }))).toEqual([]);
    expect(readS3Event(records(record('a.mp4', 'ObjectRemoved:Delete')))).toEqual([]);
    expect(readS3Event(records(record('a.mp4', 'ObjectRemoved:Delete'), record('b.mp4')))).toHaveLength(1);
    expect(readS3Event(byEventBridge('a.mp4', 'Object Deleted'))).toEqual([]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[1]'],
    ['nothing of S3', '{"hello":"world"}'],
    ['a record of another service', records({ ...record('a.mp4'), eventSource: 'aws:ses' })],
    ['a record without an object', records({ ...record('a.mp4'), s3: {} })],
    ['a key that is no encoding', records(record('%E4%ZZ.mp4'))],
    ['an empty key', records(record(''))],
    ['a bucket that is none', records({ ...record('a'), s3: { bucket: { name: '../x' }, object: { key: 'a' } } })],
    ['wrappings without end', [1, 2, 3, 4, 5].reduce((text) => bySns(text), records(record('a.mp4')))],
  ])('is none: %s', (_name, body) => expect(readS3Event(body)).toBeUndefined());
});
