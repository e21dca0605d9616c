import type { HevcConfiguration, Picture, WholeFrameConfiguration } from './video.js';

/** A codec's configuration as ISOBMFF sample entries need it, and what manifests say of it. All values are structured-cloneable. */
export type CodecConfiguration = VideoConfiguration | AudioConfiguration;
export type VideoConfiguration = NalConfiguration | WholeFrameConfiguration;
/** Video whose samples are NAL units, and which transport streams carry. */
export type NalConfiguration = AvcConfiguration | HevcConfiguration;
export type AudioConfiguration =
  AacConfiguration | DolbyConfiguration | MpegAudioConfiguration | OpenAudioConfiguration;

/** H.264: what ISO/IEC 14496-15 §5.3.3 avcC and manifests need. */
export interface AvcConfiguration extends Picture {
  readonly codec: 'avc';
  /** `avc3`: parameter sets change within a period, so they stay in band; else they are taken out of the samples. */
  readonly parameterSetsInBand: boolean;
  /** NAL units without start code or length, in order of first appearance. */
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4; avcC of the high profiles repeats it, and the bit depths. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

/** AAC: what ISO/IEC 14496-3 §1.6.2 AudioSpecificConfig and manifests need. */
export interface AacConfiguration {
  readonly codec: 'aac';
  /** e.g. `mp4a.40.2` */
  readonly codecString: string;
  readonly audioSpecificConfig: Uint8Array;
  /** Hz of the coded frames. */
  readonly sampleRate: number;
  /** Hz of what is heard, when SBR is signalled (HE-AAC). */
  readonly outputSampleRate?: number;
  /** Output channels, e.g. 6 for channel configuration 6 (5.1), 8 for 7. */
  readonly channels: number;
  /** Samples in a frame: 1024 (or 960). */
  readonly frameLength: number;
}

/** AC-3 and E-AC-3: what ETSI TS 102 366 Annex F and manifests need. */
export interface DolbyConfiguration {
  readonly codec: 'ac3' | 'eac3';
  readonly codecString: 'ac-3' | 'ec-3';
  /** What follows the header of `dac3` or `dec3`. */
  readonly specificBox: Uint8Array;
  /** acmod, table 4.3 */
  readonly codingMode: number;
  /** There is a channel of low frequencies. */
  readonly lfe: boolean;
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** Samples in a frame of six blocks. */
  readonly frameLength: number;
}

/** Opus and FLAC. */
export interface OpenAudioConfiguration {
  readonly codec: 'opus' | 'flac';
  readonly codecString: 'Opus' | 'fLaC';
  /** What follows the header of `dOps` or `dfLa`. */
  readonly specificBox: Uint8Array;
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  /** Samples in a frame, at most or as a rule: sample tables say it of each. */
  readonly frameLength: number;
}

export function isNal(configuration: CodecConfiguration): configuration is NalConfiguration {
  return 'parameterSetsInBand' in configuration;
}

export function isVideo(configuration: CodecConfiguration): configuration is VideoConfiguration {
  return 'width' in configuration;
}
/** MPEG-1 and MPEG-2 audio of layers I, II and III (MP3). */
export interface MpegAudioConfiguration {
  readonly codec: 'mpeg';
  /** RFC 6381: `mp4a.` and objectTypeIndication, `6B` of MPEG-1 and `69` of MPEG-2. */
  readonly codecString: 'mp4a.6B' | 'mp4a.69';
  readonly layer: 1 | 2 | 3;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples in a frame. */
  readonly frameLength: number;
}

/** How frames of sound follow each other in an elementary stream. */
export type AudioFraming = 'adts' | 'latm' | 'dolby' | 'mpeg';

/** One elementary stream of a rendition within a period. */
export type Track = VideoTrack | AudioTrack;

export interface VideoTrack {
  readonly kind: 'video';
  /** 13-bit PID within the transport stream, ISO/IEC 13818-1 §2.4.4.8; track_ID of an MP4. */
  readonly pid: number;
  readonly configuration: VideoConfiguration;
  /** Ticks per second of every time of this track: 90 000 of a transport stream, what an MP4 says. */
  readonly timescale: number;
  /**
   * Ticks of the track added to every decode time, so that the period's first picture is decoded when it is presented: its PTS - DTS. Take
   * it away again, and no picture is decoded after it is presented.
   */
  readonly decodeShift: number;
}

export interface AudioTrack {
  readonly kind: 'audio';
  readonly pid: number;
  readonly configuration: AudioConfiguration;
  /** In a transport stream; absent: ADTS. */
  readonly framing?: AudioFraming;
  /** The sample rate; of an MP4 what it says, as a rule the same. */
  readonly timescale: number;
  /** BCP 47, from the PMT's ISO 639 descriptor or the source playlist. */
  readonly language?: string;
  /** What the source calls it, where no playlist does. */
  readonly name?: string;
  /**
   * Ticks of 90 kHz by which a PES time stamp may be off the grid of frames before the time line is re-based there:
   * rounding of the source's multiplexer, not a gap.
   */
  readonly jitter: number;
  /** Equal for audio that is the same in several renditions: taken over configuration, times and the first bytes of every segment. */
  readonly fingerprint: string;
}
