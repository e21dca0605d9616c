import { box, u16, u32, zeros } from '../box.js';

/** Sample entry of WebVTT, ISO/IEC 14496-30 §7.5. @param header what stands before the cues of the document */
export function wvtt(header: string): Uint8Array {
  return box(
    'wvtt',
    zeros(6), // reserved
    u16(1), // data reference index
    box('vttC', utf8(header)),
  );
}

/** A cue that is shown during the sample, §7.4. */
export function vttc({
  source,
  id,
  time,
  settings,
  text,
}: {
  /** The same for all parts of a cue that is shown in several samples. */
  readonly source?: number | undefined;
  readonly id?: string;
  /** When the sample begins, as moments within the text tell it. */
  readonly time?: string | undefined;
  readonly settings: string;
  readonly text: string;
}): Uint8Array {
  return box(
    'vttc',
    ...(source === undefined ? [] : [box('vsid', u32(source))]),
    ...(id === undefined ? [] : [box('iden', utf8(id))]),
    ...(time === undefined ? [] : [box('ctim', utf8(time))]),
    ...(settings === '' ? [] : [box('sttg', utf8(settings))]),
    box('payl', utf8(text)),
  );
}

/** Nothing is shown during the sample. */
export function vtte(): Uint8Array {
  return box('vtte');
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
