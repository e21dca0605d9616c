import { element, writeXml, type XmlElement } from '../xml.js';
import {
  type Chunk,
  type ClientManifest,
  clientTimescale,
  fragmentPath,
  type QualityLevel,
  type StreamIndex,
} from './client-manifest.js';

/** Writes a client manifest, [MS-SSTR] §2.2.2: version 2.0, no look-ahead, nothing live. */
export function writeClientManifest({ duration, streams }: ClientManifest): string {
  return writeXml(
    element(
      'SmoothStreamingMedia',
      { MajorVersion: 2, MinorVersion: 0, TimeScale: clientTimescale, Duration: duration },
      ...streams.map(writeStream),
    ),
  );
}

function writeStream({ type, subtype, name, timescale, language, qualityLevels, chunks }: StreamIndex): XmlElement {
  const largest = (of: 'maxWidth' | 'maxHeight') =>
    Math.max(0, ...qualityLevels.map((level) => level[of] ?? 0)) || undefined;
  return element(
    'StreamIndex',
    {
      Type: type,
      Subtype: subtype,
      Name: name,
      TimeScale: timescale,
      Language: language,
      Chunks: chunks.length,
      QualityLevels: qualityLevels.length,
      MaxWidth: largest('maxWidth'),
      MaxHeight: largest('maxHeight'),
      Url: fragmentPath(name, '{bitrate}', '{start time}'),
    },
    ...qualityLevels.map(writeLevel),
    ...writeChunks(chunks),
  );
}

/** Of audio, what decoders of WAVEFORMATEX want: 255 is raw AAC, of 16 bits in blocks of four bytes. */
function writeLevel(level: QualityLevel, index: number): XmlElement {
  const isAudio = level.samplingRate !== undefined;
  return element('QualityLevel', {
    Index: index,
    Bitrate: level.bitrate,
    FourCC: level.fourCC,
    MaxWidth: level.maxWidth,
    MaxHeight: level.maxHeight,
    SamplingRate: level.samplingRate,
    Channels: level.channels,
    BitsPerSample: isAudio ? 16 : undefined,
    PacketSize: isAudio ? 4 : undefined,
    AudioTag: isAudio ? 255 : undefined,
    CodecPrivateData: level.codecPrivateData,
  });
}

/** With its time where it is not the end of the one before. */
function writeChunks(chunks: readonly Chunk[]): XmlElement[] {
  let end: number | undefined;
  return chunks.map(({ start, duration }) => {
    const chunk = element('c', { t: start === end ? undefined : start, d: duration });
    end = start + duration;
    return chunk;
  });
}
