import type { Cue, TextDocument } from '../../model/text.js';
import { writeTimestamp } from './timestamp.js';
import { writeTimestampMap } from './timestamp-map.js';

/**
 * Writes a document. @param mpegts what a segment of HLS needs: the time stamp, in ticks of 90 kHz, of the media that is presented at cue
 * time 0
 */
export function writeWebVtt({ styles, regions, cues }: Omit<TextDocument, 'broken'>, mpegts?: number): string {
  const header = mpegts === undefined ? 'WEBVTT' : `WEBVTT\n${writeTimestampMap(mpegts)}`;
  const blocks = [
    header,
    ...styles.map((style) => `STYLE\n${style}`),
    ...regions.map((region) => `REGION\n${region}`),
    ...cues.filter(isSeen).map(writeCue),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A cue that would end where it begins, to the millisecond, is no cue for those who read it. */
function isSeen({ start, end }: Cue): boolean {
  return writeTimestamp(start) !== writeTimestamp(end);
}

function writeCue({ id, start, end, settings, text }: Cue): string {
  const times = `${writeTimestamp(start)} --> ${writeTimestamp(end)}${settings === '' ? '' : ` ${settings}`}`;
  return [...(id === undefined ? [] : [id]), times, ...(text === '' ? [] : [text])].join('\n');
}
