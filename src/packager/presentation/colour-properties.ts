import type { Descriptor } from '../../manifest/dash/mpd.js';
import { type CodecConfiguration, isVideo } from '../model/track.js';
import { videoRange } from '../model/video.js';

/** Code points of ITU-T H.273 as properties, ISO/IEC 23091-2. */
const schemes = {
  primaries: 'urn:mpeg:mpegB:cicp:ColourPrimaries',
  matrix: 'urn:mpeg:mpegB:cicp:MatrixCoefficients',
  transfer: 'urn:mpeg:mpegB:cicp:TransferCharacteristics',
} as const;

/**
 * How an MPD says that a video is of high dynamic range, DASH-IF IOP §10.3: what a player must know is essential; that a picture for BT.2020 is meant
 * as HLG is supplemental. Nothing is said of other video.
 */
export function colourProperties(configuration: CodecConfiguration | undefined): {
  readonly essential: Descriptor[];
  readonly supplemental: Descriptor[];
} {
  const none = { essential: [], supplemental: [] };
  if (!configuration || !isVideo(configuration) || videoRange(configuration) === 'SDR') return none;
  const { colour } = configuration;
  if (!colour) return none;
  const property = (name: keyof typeof schemes, value: number): Descriptor => ({
    schemeIdUri: schemes[name],
    value: String(value),
  });
  const { primaries, matrix, transfer, preferredTransfer } = colour;
  return {
    essential: [property('primaries', primaries), property('matrix', matrix), property('transfer', transfer)],
    supplemental:
      preferredTransfer === undefined || preferredTransfer === transfer
        ? []
        : [property('transfer', preferredTransfer)],
  };
}
