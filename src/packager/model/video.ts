/** What sample entries and manifests say of any video. */
export interface Picture {
  /** RFC 6381 codec parameter, e.g. `avc1.64001f`, `hvc1.2.4.L123.B0`. */
  readonly codecString: string;
  /** After cropping, in luma samples. */
  readonly width: number;
  readonly height: number;
  /** Sample aspect ratio, 1:1 when not said. */
  readonly sampleAspectRatio: readonly [number, number];
  /** Frames per second as a fraction, from what the stream says or else measured; undefined when neither tells. */
  readonly frameRate?: readonly [number, number];
  /** Absent: the source does not say it. */
  readonly colour?: Colour;
  /** SMPTE ST 2086, the 24 bytes of `mdcv` (ISO/IEC 14496-12 §12.1.7), which are those of the SEI message. */
  readonly masteringDisplay?: Uint8Array;
  /** CTA-861.3, the 4 bytes of `clli`: MaxCLL and MaxFALL, candela per square metre. */
  readonly contentLight?: Uint8Array;
}

/** Code points of ITU-T H.273; 2 is unspecified. */
export interface Colour {
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  readonly fullRange: boolean;
  /** What a receiver had better take for `transfer` if it knows it: HLG in a stream that older ones show as BT.2020. */
  readonly preferredTransfer?: number;
}

/** HEVC: what ISO/IEC 14496-15 §8.3.3 hvcC and manifests need. */
export interface HevcConfiguration extends Picture {
  readonly codec: 'hevc';
  /** `hev1`: parameter sets change within a period, so they stay in band; else `hvc1`, and they are taken out of the samples. */
  readonly parameterSetsInBand: boolean;
  /** NAL units without start code or length, in order of first appearance. */
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
  /** general_profile_space to general_level_idc, 12 bytes as SPS and hvcC have them alike. */
  readonly profileTierLevel: Uint8Array;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
}

/** AV1 and VP9, whose samples are the same in every container that we make. */
export interface WholeFrameConfiguration extends Picture {
  readonly codec: 'av1' | 'vp9';
  /** What follows the header of `av1C` or `vpcC`. */
  readonly configurationBox: Uint8Array;
}

/** VIDEO-RANGE, RFC 8216bis §4.4.6.2: by transfer characteristics. */
export type VideoRange = 'SDR' | 'HLG' | 'PQ';

/** SDR where the source says nothing. */
export function videoRange({ colour }: Picture): VideoRange {
  const transfer = colour?.preferredTransfer ?? colour?.transfer;
  return transfer === 16 ? 'PQ' : transfer === 18 ? 'HLG' : 'SDR';
}
