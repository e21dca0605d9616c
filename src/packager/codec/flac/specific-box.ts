import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { OpenAudioConfiguration } from '../../model/track.js';

const streamInfo = 0;

/** FLACSpecificBox: STREAMINFO first, RFC 9639 §8.2. @param bytes of `dfLa` @throws MalformedError */
export function parseFlacSpecific(bytes: Uint8Array): OpenAudioConfiguration {
  const reader = new BitReader(bytes);
  const version = reader.bits(8);
  if (version !== 0) throw new MalformedError(`dfLa of version ${version}; 0 is known`, 0);
  reader.skip(24 + 1); // flags; it is the last metadata block
  const type = reader.bits(7);
  if (type !== streamInfo)
    throw new MalformedError(`dfLa begins with metadata block ${type}; 0 (STREAMINFO) is due`, 4);
  reader.skip(24 + 16); // length; minimum block size
  const frameLength = reader.bits(16);
  reader.skip(48); // frame sizes
  const sampleRate = reader.bits(20);
  const channels = reader.bits(3) + 1;
  const bitsPerSample = reader.bits(5) + 1;
  if (sampleRate === 0) throw new MalformedError('FLAC with a sample rate of 0', 18);
  return {
    ...{ codec: 'flac', codecString: 'fLaC', specificBox: new Uint8Array(bytes) },
    ...{ channels, sampleRate, bitsPerSample, frameLength },
  };
}
