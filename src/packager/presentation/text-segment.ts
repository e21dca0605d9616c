import { clipCues, writeTtml } from '../codec/ttml/write-ttml.js';
import { writeWebVtt } from '../codec/webvtt/write-webvtt.js';
import { wvttSamples } from '../codec/webvtt/wvtt-samples.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import type { Samples } from '../model/samples.js';
import type { TextContent } from './segment-task.js';

/** The bytes of a segment of text. */
export function textSegment(content: TextContent): Uint8Array[] {
  const { format, document, start, end, sequenceNumber, clock } = content;
  switch (format) {
    case 'webvtt':
      // Cues with all of their time: what is over in the next segment stands there, too (RFC 8216bis §3.1.4).
      return [new TextEncoder().encode(writeWebVtt(document, clock))];
    case 'wvtt':
      return mediaSegment({ sequenceNumber, samples: wvttSamples(document.cues, start, end), end });
    case 'stpp':
    case 'dfxp':
      return mediaSegment({ sequenceNumber, samples: documentSample(content), end });
  }
}

/** One sample that is a document, ISO/IEC 14496-30 §5.3. */
function documentSample({ format, document, language, start, end }: TextContent): Samples {
  const text = writeTtml(clipCues(document.cues, start, end), language, format === 'dfxp' ? start : 0);
  const data = new TextEncoder().encode(text);
  return { data: [data], sizes: [data.length], decodeTimes: [start], compositionOffsets: [0], sync: [true] };
}
