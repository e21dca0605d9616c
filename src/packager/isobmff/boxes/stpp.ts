import { box, nullTerminated, u16, zeros } from '../box.js';

/** Sample entry of XML subtitles, ISO/IEC 14496-12 §12.6.3: each sample is a TTML document. */
export function stpp(): Uint8Array {
  return box(
    'stpp',
    zeros(6), // reserved
    u16(1), // data reference index
    nullTerminated('http://www.w3.org/ns/ttml'), // namespace
    nullTerminated(''), // schema location
    nullTerminated(''), // auxiliary MIME types
  );
}
