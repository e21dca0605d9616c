import type { FoundMessage } from '../../src/packager/isobmff/read-emsg.js';
import { writeEmsg } from './emsg-writer.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const payload = (...fields: Parameters<typeof writeEmsg>) => writeEmsg(...fields).subarray(8);

/** What follows the header of `emsg` boxes that can be read, with what they say, and of others; both seed the fuzzer. */
export const emsgCases: {
  readonly valid: readonly { readonly name: string; readonly bytes: Uint8Array; readonly message: FoundMessage }[];
  readonly broken: readonly { readonly name: string; readonly bytes: Uint8Array; readonly problem: string }[];
} = {
  valid: [
    {
      name: 'version 1, byte by byte',
      bytes: bytes(`01000000 00015f90 00000001000dbba0 00000384 00000007 ${ascii('urn:a')}00 ${ascii('b')}00 494433`),
      message: {
        ...{ version: 1, schemeIdUri: 'urn:a', value: 'b', timescale: 90_000, time: 2 ** 32 + 900_000, id: 7 },
        data: bytes('494433'),
      },
    },
    {
      name: 'version 0, byte by byte',
      bytes: bytes(`00000000 ${ascii('urn:a')}00 00 000003e8 000005dc ffffffff 00000000 00`),
      message: {
        ...{ version: 0, schemeIdUri: 'urn:a', value: '', timescale: 1000, time: 1500, id: 0 },
        data: bytes('00'),
      },
    },
    {
      name: 'no data, a value that is no ASCII, and the largest time',
      bytes: payload({ value: '\u00fc\uFEFF', time: Number.MAX_SAFE_INTEGER }),
      message: {
        ...{ version: 1, schemeIdUri: 'https://aomedia.org/emsg/ID3', value: '\u00fc\uFEFF', timescale: 1000, id: 0 },
        time: Number.MAX_SAFE_INTEGER,
        data: bytes(''),
      },
    },
  ],
  broken: [
    { name: 'nothing', bytes: bytes(''), problem: 'need 1 bytes, 0 left at byte 0' },
    { name: 'no more than a version', bytes: bytes('01000000'), problem: 'need 2 bytes, 0 left at byte 4' },
    {
      name: 'a timescale of 0',
      bytes: payload({ timescale: 0 }),
      problem: 'timescale is 0 at byte 4',
    },
    {
      name: 'a timescale of 0 in version 0',
      bytes: bytes('00000000 00 00 00000000 00000000 00000000 00000000'),
      problem: 'timescale is 0 at byte 6',
    },
    {
      name: 'a time beyond 2^53',
      bytes: bytes('01000000 00000001 0020000000000000 00000000 00000000 00 00'),
      problem: '64-bit number above 2^53 at byte 8',
    },
    {
      name: 'a scheme without an end',
      bytes: bytes('00000000 75726e'),
      problem: 'a string without its terminating zero at byte 4',
    },
    {
      name: 'a value without an end',
      bytes: bytes('01000000 00000001 0000000000000000 00000000 00000000 00 31'),
      problem: 'a string without its terminating zero at byte 25',
    },
    {
      name: 'version 0 that ends inside its id',
      bytes: bytes('00000000 00 00 00000001 00000000 00000000 0000'),
      problem: 'need 2 bytes, 0 left at byte 20',
    },
  ],
};
