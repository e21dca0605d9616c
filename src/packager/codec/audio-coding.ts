import type { AudioConfiguration, AudioFraming } from '../model/track.js';
import { parseAdtsHeader } from './aac/adts.js';
import { takeAdtsFrames } from './aac/adts-frames.js';
import { aacConfiguration } from './aac/audio-specific-config.js';
import { firstFrame } from './aac/first-frame.js';
import { latmConfiguration, latmSync, takeLatmFrames } from './aac/latm.js';
import { dolbyConfiguration, dolbySync, takeDolbyFrames, takeWholeFrames } from './ac3/sync-frames.js';
import { type AudioFrames, findFrame, type FrameRange } from './audio-frames.js';
import { mpegAudioConfiguration, mpegAudioSync } from './mpeg-audio/frames.js';
import { UnsupportedCodingError } from './unsupported-coding.js';

/** What frames say that must be the same in all of a period. */
export interface AudioCoding {
  readonly configuration: AudioConfiguration;
  /** In words; equal for equal codings, though bit rates may differ. */
  readonly description: string;
}

/** How sound is read from an elementary stream. */
export interface AudioFrameReader {
  /** Of one frame, for messages. */
  readonly name: string;
  /** See findFrame. */
  readonly first: (bytes: Uint8Array, range: FrameRange) => number | undefined;
  /** Of the frame at an offset, or of one behind it; undefined when none there says it. @throws UnsupportedCodingError */
  readonly coding: (bytes: Uint8Array, at: number) => AudioCoding | undefined;
  /** All frames from an offset on, taken out in place. @throws MalformedError, UnsupportedCodingError */
  readonly take: (bytes: Uint8Array, from: number) => AudioFrames;
}

export const audioFrameReaders: Readonly<Record<AudioFraming, AudioFrameReader>> = {
  adts: { name: 'AAC frame (ADTS)', first: firstFrame, coding: adtsCoding, take: takeAdtsFrames },
  latm: {
    name: 'AAC frame (LATM)',
    first: (bytes, range) => findFrame(bytes, latmSync, range),
    coding: (bytes, at) => described(latmConfiguration(bytes, at)),
    take: takeLatmFrames,
  },
  dolby: {
    name: 'frame of AC-3 or E-AC-3',
    first: (bytes, range) => findFrame(bytes, dolbySync, range),
    coding: (bytes, at) => described(dolbyConfiguration(bytes, at)),
    take: takeDolbyFrames,
  },
  mpeg: {
    name: 'frame of MPEG audio',
    first: (bytes, range) => findFrame(bytes, mpegAudioSync, range),
    coding: (bytes, at) => described(mpegAudioConfiguration(bytes, at)),
    take: (bytes, from) => takeWholeFrames(bytes, from, mpegAudioSync),
  },
};

function adtsCoding(bytes: Uint8Array, at: number): AudioCoding {
  const header = parseAdtsHeader(bytes, at);
  const configuration = aacConfiguration(header);
  if (!configuration)
    throw new UnsupportedCodingError(
      'AAC with channel configuration 0 (channels described in band); 1 to 7 are supported',
      at,
    );
  const { objectType, sampleRate, channelConfiguration } = header;
  const description = `object type ${objectType}, ${sampleRate} Hz, channel configuration ${channelConfiguration}`;
  return { configuration, description: `AAC of ${description}` };
}

function described(configuration: AudioConfiguration | undefined): AudioCoding | undefined {
  if (!configuration) return undefined;
  const { codecString, sampleRate, channels } = configuration;
  const more = 'codingMode' in configuration ? `, acmod ${configuration.codingMode}` : '';
  return { configuration, description: `${codecString}, ${sampleRate} Hz, ${channels} channels${more}` };
}
