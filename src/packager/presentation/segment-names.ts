import { fragmentPath } from '../../manifest/mss/client-manifest.js';
import type { SegmentTemplateFormat } from './planned-manifest.js';
import type { PlannedQualityLevel } from './quality-levels.js';
import type { MediaContent } from './segment-task.js';

/** How the objects of one track in one period are called, relative to the endpoint's folder. */
export interface SegmentNames {
  readonly initSegment?: string;
  /** ISO/IEC 23009-1 §5.3.9.4.4 */
  readonly media: string;
}

export interface SegmentForm {
  readonly container: MediaContent['container'];
  readonly format: SegmentTemplateFormat;
}

/**
 * Numbers go on over periods. Times start again with each period, so later ones carry the period in the name.
 * @param period from 1
 */
export function segmentNames(trackId: string, period: number, { container, format }: SegmentForm): SegmentNames {
  if (container === 'mpegts') return { media: `${trackId}/$Number$.ts` };
  const byTime = period === 1 ? '$Time$' : `p${period}_$Time$`;
  return {
    initSegment: `${trackId}/${period === 1 ? 'init' : `init_${period}`}.mp4`,
    media: `${trackId}/${format === 'TIME_WITH_TIMELINE' ? byTime : '$Number$'}.m4s`,
  };
}

/** Segments of WebVTT are files of text. */
export function textSegmentNames(trackId: string): SegmentNames {
  return { media: `${trackId}/$Number$.vtt` };
}

/** Of Smooth Streaming: addresses that client manifests have players make. There is no init segment: the manifest says what it would. */
export function fragmentNames({ folder, stream, bitrate }: PlannedQualityLevel): SegmentNames {
  return { media: `${folder}/${fragmentPath(stream, bitrate, '$Time$')}` };
}

/** The name of one segment. @param time ticks */
export function segmentName(media: string, number: number, time: number): string {
  return media.replace('$Number$', String(number)).replace('$Time$', String(time));
}
