import { nalType as avcType } from '../h264/nal-unit.js';
import { nalHeaderLength, nalType as hevcType, nalUnitType } from '../h265/nal-unit.js';
import { seiMessages } from '../sei-messages.js';
import { type CaptionPair, parseCcData } from './cc-data.js';

/** payloadType of user_data_registered_itu_t_t35, ITU-T H.264 §D.1.6, H.265 §D.2.6. */
const registeredUserData = 4;
/** bytes; 31 pairs with all before them are 110. */
const searchedBytes = 1024;

/** Finds out which captions there are in pictures: streams of CEA-608, services of CEA-708. What is not more than padding does not count. */
export class CaptionFinder {
  readonly #found = new Set<string>();
  readonly #fields = [new LineField('CC1', 'CC2'), new LineField('CC3', 'CC4')];

  /** @param unit a NAL unit without start code or length */
  add(unit: Uint8Array, codec: 'avc' | 'hevc'): void {
    const header = seiHeader(unit, codec);
    if (header === undefined) return;
    for (const [type, payload] of seiMessages(unit, { header, limit: searchedBytes }))
      if (type === registeredUserData) this.#take(parseCcData(payload));
  }

  /** `CC1` to `CC4`, `SERVICE1` to `SERVICE63`, in this order. */
  get found(): string[] {
    const rank = (id: string) => Number(id.replace(/\D+/, '')) + (id.startsWith('CC') ? 0 : 100);
    return [...this.#found].sort((a, b) => rank(a) - rank(b));
  }

  #take(pairs: readonly CaptionPair[]): void {
    for (const { type, bytes } of pairs) {
      const stream = this.#fields[type]?.take(bytes);
      if (stream !== undefined) this.#found.add(stream);
    }
    for (const service of services(pairs)) this.#found.add(`SERVICE${service}`);
  }
}

function seiHeader(unit: Uint8Array, codec: 'avc' | 'hevc'): number | undefined {
  const first = unit[0] ?? 0;
  if (codec === 'avc') return (first & 31) === avcType.sei ? 1 : undefined;
  return nalUnitType(first) === hevcType.prefixSei ? nalHeaderLength : undefined;
}

/** Second bytes of miscellaneous control codes, CEA-608-E Table 52: which mode the captions, or text, are in. */
const textModes: ReadonlySet<number> = new Set([0x2a, 0x2b]);
const captionModes: ReadonlySet<number> = new Set([0x20, 0x25, 0x26, 0x27, 0x29]);
/** First bytes of those codes, the channel's bit taken out. */
const miscellaneous: ReadonlySet<number> = new Set([0x14, 0x15]);

/** One field of line 21 with its two channels; the second field has extended data services, too. */
class LineField {
  readonly #names: readonly [string, string];
  #channel: 0 | 1 = 0;
  /** Of each channel: text is sent, no captions. */
  readonly #text: [boolean, boolean] = [false, false];
  #extended = false;

  constructor(...names: [string, string]) {
    this.#names = names;
  }

  /** The name of the captions that these bytes are part of; undefined for padding and all else. */
  take(bytes: readonly [number, number]): string | undefined {
    const [one, two] = [bytes[0] & 127, bytes[1] & 127]; // parity taken out
    if (one === 0 && two === 0) return undefined;
    if (one > 0 && one < 0x10) {
      this.#extended = one !== 0x0f;
      return undefined;
    }
    if (one >= 0x10 && one < 0x20) {
      this.#channel = (one & 8) === 0 ? 0 : 1;
      this.#extended = false;
      if (miscellaneous.has(one & 0x77) && textModes.has(two)) this.#text[this.#channel] = true;
      if (miscellaneous.has(one & 0x77) && captionModes.has(two)) this.#text[this.#channel] = false;
    }
    return this.#extended || this.#text[this.#channel] ? undefined : this.#names[this.#channel];
  }
}

/** Numbers of the services whose blocks begin in these pairs, CEA-708-E §6.2; packets that go on in another picture are known by what they began with. */
function services(pairs: readonly CaptionPair[]): number[] {
  const found: number[] = [];
  let packet: number[] | undefined;
  const finish = () => {
    if (packet) found.push(...blocks(packet));
    packet = undefined;
  };
  for (const { type, bytes } of pairs) {
    if (type === 3) {
      finish();
      packet = [...bytes];
    } else if (type === 2) packet?.push(...bytes);
  }
  finish();
  return found;
}

function blocks(packet: readonly number[]): number[] {
  const found: number[] = [];
  // packet_size_code counts pairs; 0 stands for 128 bytes.
  const end = Math.min(packet.length, ((packet[0] ?? 0) & 63) === 0 ? 128 : ((packet[0] ?? 0) & 63) * 2);
  for (let at = 1; at < end;) {
    const head = packet[at] ?? 0;
    const size = head & 31;
    const extended = head >> 5 === 7 && size > 0;
    const service = extended ? (packet[at + 1] ?? 0) & 63 : head >> 5;
    if (service === 0) break; // what follows is padding
    if (size > 0) found.push(service);
    at += (extended ? 2 : 1) + size;
  }
  return found;
}
