/** How a made source differs from the plain one: 25 fps, B-frames, 48 kHz stereo starting with the picture, two muxed renditions. */
export interface SourceOptions {
  /** Frames per second as ffmpeg writes it. */
  readonly rate?: string;
  readonly bFrames?: number;
  /** Groups of pictures whose first pictures in display need those before. */
  readonly openGroups?: boolean;
  /** One amid the second group of pictures. */
  readonly extraKeyFrame?: boolean;
  readonly videoCodec?: VideoCodec;
  /** Sample entry of an MP4, where ffmpeg would write another. */
  readonly sampleEntry?: 'hvc1' | 'hev1';
  /** Hz */
  readonly sampleRate?: number;
  readonly channels?: 1 | 2 | 6;
  readonly audioCodec?: 'aac' | 'ac3' | 'eac3' | 'libmp3lame' | 'libopus' | 'flac';
  /** Flag of ffmpeg's muxer of transport streams, for a single one: DVB's descriptors, or AAC in LATM. */
  readonly transport?: 'latm' | 'system_b';
  /** Seconds that the sound starts after the picture; negative: before it. */
  readonly audioDelay?: number;
  /** Seconds added to every time stamp; 95440 makes 33 bits of 90 kHz wrap in the middle. */
  readonly timeOffset?: number;
  readonly shape?: SourceShape;
  /** Of the segments of playlists: transport streams, or fragmented MP4 behind EXT-X-MAP. */
  readonly segments?: 'TS' | 'fMP4';
  /** Audio renditions are packed audio: frames behind ID3 tags. */
  readonly packed?: boolean;
  /** Segments and maps of playlists are encrypted with AES-128: with an IV that is written and a key for each two segments, or one of the sequence number. */
  readonly encrypted?: 'IV and rotation' | 'sequence numbers';
  /** Puts each audio frame into a PES packet of its own, so that each has its exact time stamp. */
  readonly oneFramePerPes?: boolean;
  readonly seconds?: number;
}

/** `HDR10` is HEVC of 10 bits with PQ and what it was mastered on; `HLG` is the same with HLG. */
export type VideoCodec = 'H.264' | 'HEVC' | 'HEVC HDR10' | 'HEVC HLG' | 'AV1' | 'AV1 HDR10' | 'VP9';

export type SourceShape =
  | 'muxed ladder'
  | 'media playlist'
  | 'transport stream'
  | 'transport stream in two languages'
  | 'separate audio'
  | 'byte ranges'
  | 'discontinuity'
  | 'parameter sets change'
  | 'sound across segments'
  | 'no audio'
  | 'no video'
  | Mp4Shape;

/** How an MP4 is laid out. */
export type Mp4Shape =
  | 'MP4'
  | 'MP4, movie box first'
  | 'fragmented MP4'
  | 'MP4 without audio'
  | 'MP4 without video'
  | 'MP4 in two languages'
  | 'SMIL of MP4s';

type Optional = 'sampleEntry' | 'transport' | 'encrypted';

/** With all that is not said as in the plain source. */
export type Plain = Required<Omit<SourceOptions, Optional>> & Pick<SourceOptions, Optional>;

export const plain: Plain = {
  rate: '25',
  bFrames: 2,
  openGroups: false,
  extraKeyFrame: false,
  videoCodec: 'H.264',
  sampleRate: 48_000,
  channels: 2,
  audioCodec: 'aac',
  audioDelay: 0,
  timeOffset: 0,
  shape: 'muxed ladder',
  segments: 'TS',
  oneFramePerPes: false,
  packed: false,
  seconds: 5,
};
