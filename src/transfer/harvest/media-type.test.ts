import { expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.js';

const adts = Buffer.from([0xff, 0xf1, 0x50, 0x80]);
const ac3 = Buffer.from([0x0b, 0x77, 0x12, 0x34]);
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const stream = Buffer.concat([Buffer.from('G'), Buffer.alloc(187), Buffer.from('G')]);

it.each([
  ['its bytes, whatever its name', 'video/mp4', Buffer.from('\0\0\0\u0018ftypcmfc'), 'a.ts'],
  ['its name, where the bytes fit it', 'video/iso.segment', Buffer.from('\0\0\0\u0018styp'), 'a.m4s'],
  ['its name, where encrypted bytes begin as AAC', 'video/mp2t', adts, 'a.ts'],
  ['its name, where encrypted bytes begin as AC-3', 'video/mp2t', ac3, 'a.ts'],
  ['its name, where encrypted bytes begin as a picture', 'audio/aac', jpeg, 'a.aac'],
  ['its bytes, where its name says nothing', 'audio/aac', adts, 'segment'],
  ['its bytes, a transport stream without a name', 'video/mp2t', stream, 'segment'],
])('an object is of the type that is told by %s', (_name, type, head, name) => {
  expect(mediaTypeOf(head, name, 'text/plain')).toBe(type);
});

it('an object of which neither bytes nor name say anything is of the type that the origin said, if that says anything', () => {
  const typeOf = (declared: string | undefined) => mediaTypeOf(Buffer.from('?'), 'x', declared);
  expect(typeOf('Text/X-Own; a=b')).toBe('Text/X-Own; a=b');
  expect([typeOf('text/plain'), typeOf(undefined)]).toEqual(['application/octet-stream', 'application/octet-stream']);
});
