import { boxesOf, bytesOf, findBox, readBoxes, type ReadBox } from '../../isobmff/box-reader.js';
import type { Cue, TextDocument } from '../../model/text.js';
import { readCueSettings, writeCueSettings } from './cue-settings.js';
import { visibleLines } from './cue-text.js';
import { maximumCueLength, readWebVtt } from './read-webvtt.js';
import { shiftTimes } from './text-times.js';
import { readTimestamp } from './timestamp.js';

/** What stands before the cues: the configuration (`vttC`) of a sample entry, ISO/IEC 14496-30 §7.5. @throws MalformedError */
export function readWvttHeader(vttC: string): Pick<TextDocument, 'styles' | 'regions'> {
  if (!vttC.startsWith('WEBVTT')) return { styles: [], regions: [] };
  const { styles, regions } = readWebVtt(vttC);
  return { styles, regions };
}

/**
 * The cues that are shown during a sample of `wvtt`, ISO/IEC 14496-30 §7.4; none in one that is empty (`vtte`). Notes (`vtta`) are passed over.
 * @param times ticks of textTimescale @throws MalformedError
 */
export function readWvttSample(
  sample: Uint8Array,
  times: Pick<Cue, 'start' | 'end'>,
): Pick<TextDocument, 'cues' | 'broken'> {
  const read = boxesOf(readBoxes(sample), 'vttc').map((box) => readCue(box, times));
  const cues = read.filter((cue) => cue !== undefined);
  return { cues, broken: read.length - cues.length };
}

function readCue({ children }: ReadBox, { start, end }: Pick<Cue, 'start' | 'end'>): Cue | undefined {
  const field = (type: string) => {
    const box = findBox(children, type);
    return box && new TextDecoder().decode(bytesOf(box)).replace(/\r\n?/g, '\n').replaceAll('\0', '');
  };
  const text = visibleLines(field('payl') ?? '');
  if (text.length > maximumCueLength || text.includes('-->')) return undefined;
  const id = (field('iden') ?? '').trim();
  // Moments within the text are on the time line of the document, of which `ctim` says where the sample begins.
  const now = readTimestamp(field('ctim') ?? '');
  return {
    ...(id !== '' && !/\n|-->/.test(id) && { id }),
    ...{ start, end },
    settings: writeCueSettings(readCueSettings((field('sttg') ?? '').replaceAll('\n', ' '))),
    text: now === undefined ? text : shiftTimes(text, start - now),
  };
}
