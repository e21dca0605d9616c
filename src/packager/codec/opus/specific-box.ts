import { ByteReader } from '../../bits/byte-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { OpenAudioConfiguration } from '../../model/track.js';

/** Opus always decodes at this rate, RFC 6716 §2: Hz */
const opusRate = 48_000;
/** 20 ms, what encoders make as a rule. */
const usualFrame = 960;

/** OpusSpecificBox, Encapsulation of Opus in ISO Base Media File Format §4.3.2. @param bytes of `dOps` @throws MalformedError */
export function parseOpusSpecific(bytes: Uint8Array): OpenAudioConfiguration {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== 0) throw new MalformedError(`dOps of version ${version}; 0 is known`, 0);
  const channels = reader.u8();
  if (channels === 0) throw new MalformedError('dOps without a channel', 1);
  reader.skip(2 + 4 + 2); // PreSkip, InputSampleRate, OutputGain
  if (reader.u8() !== 0) reader.skip(2 + channels); // ChannelMappingFamily: streams, coupled streams, mapping
  return {
    ...{ codec: 'opus', codecString: 'Opus', specificBox: new Uint8Array(bytes), channels },
    ...{ sampleRate: opusRate, bitsPerSample: 16, frameLength: usualFrame },
  };
}
