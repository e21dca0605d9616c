/** What an attribute or a text may hold. */
export interface ValueType {
  /** Of a message: `an xs:duration such as PT4S`. */
  readonly allowed: string;
  readonly holds: (value: string) => boolean;
}

/** Whole numbers from 0 to 2^bits - 1. */
function unsigned(bits: 32 | 64): (value: string) => boolean {
  const most = 2n ** BigInt(bits) - 1n;
  // Nearly all are so, and there are many of them.
  const short = bits === 32 ? /^\d{1,9}$/ : /^\d{1,19}$/;
  return (value) => {
    if (short.test(value)) return true;
    const [, number] = /^\+?0*(\d{1,20})$/.exec(value.trim()) ?? [];
    return number !== undefined && BigInt(number) <= most;
  };
}

const uint = unsigned(32);
const within = (least: number, most: number) => (value: string) =>
  uint(value) && Number(value) >= least && Number(value) <= most;
const matches = (pattern: RegExp) => (value: string) => pattern.test(value.trim());
/** Lists of XML Schema are told apart by white space. */
const listOf =
  (holds: (item: string) => boolean, most = Infinity) =>
  (value: string) => {
    const items = value.trim().split(/\s+/);
    return items.length <= most && items.every(holds);
  };

function isDateTime(value: string): boolean {
  const match =
    /^-?\d{4,}-(\d\d)-(\d\d)T(?:([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/.exec(
      value.trim(),
    );
  if (!match) return false;
  const [month, day] = [Number(match[1]), Number(match[2])];
  const days = month === 2 && !isLeapYear(Number(value.trim().split('-').at(-3))) ? 28 : (daysOf[month] ?? 0);
  return day >= 1 && day <= days;
}

const daysOf = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeapYear = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** A sub-type of RFC 6381's simple list; its other form, which names a charset, is made of the same characters. */
const codec = "[\\w!#$%&'*+.=\\\\^`{|}~-]+";

/** The simple types of XML Schema Part 2 and of ISO/IEC 23009-1 that an MPD uses, by the name that the table of the schema calls them. */
export const valueTypes = {
  string: { allowed: 'any text', holds: () => true },
  /** XML Schema Part 2 §3.2.17: it leaves the form of a URI open. */
  uri: { allowed: 'any URI', holds: () => true },
  boolean: { allowed: 'true or false', holds: matches(/^(?:true|false|1|0)$/) },
  uint: { allowed: 'a whole number from 0 to 4294967295', holds: uint },
  ulong: { allowed: 'a whole number from 0 to 18446744073709551615', holds: unsigned(64) },
  integer: { allowed: 'a whole number', holds: matches(/^[+-]?\d+$/) },
  double: {
    allowed: 'a number, INF or NaN',
    holds: matches(/^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)$/),
  },
  duration: {
    allowed: 'a duration such as PT4S or P1DT2H3.5S',
    holds: matches(/^-?P(?=\d|T)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/),
  },
  dateTime: { allowed: 'a time such as 2026-01-31T08:00:00Z', holds: isDateTime },
  language: { allowed: 'a language such as en or pt-BR', holds: matches(/^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$/) },
  name: { allowed: 'a name of letters, digits, - and _', holds: matches(/^[\p{L}_][\p{L}\p{N}._-]*$/u) },
  uints: { allowed: 'whole numbers with spaces between them', holds: listOf(uint) },
  strings: { allowed: 'words with spaces between them', holds: () => true },
  /** ISO/IEC 14496-12 Annex I; 0: not known. */
  sap: { allowed: 'a stream access point type from 0 to 6', holds: within(0, 6) },
  percent: { allowed: 'a whole number from 1 to 100', holds: within(1, 100) },
  uintOrBoolean: {
    allowed: 'true, false or a whole number',
    holds: (value) => uint(value) || matches(/^(?:true|false)$/)(value),
  },
  samplingRate: { allowed: 'one or two sampling rates in Hz', holds: listOf(uint, 2) },
  ratio: { allowed: 'a ratio such as 16:9', holds: matches(/^\d+:\d+$/) },
  frameRate: { allowed: 'a frame rate such as 25 or 30000/1001', holds: matches(/^\d+(?:\/[1-9]\d*)?$/) },
  range: { allowed: 'a byte range such as 0-999', holds: matches(/^(?:\d*(?:-\d*)?)$/) },
  id: { allowed: 'an id without white space', holds: (value) => !/[\s\p{Z}]/u.test(value) },
  profiles: { allowed: 'URIs with commas between them', holds: matches(/^[^\s,]+(?:,[ \t]*[^\s,]+)*$/) },
  codecs: { allowed: 'codecs with commas between them', holds: matches(new RegExp(`^${codec}(?:,${codec})*$`)) },
  contentType: {
    allowed: 'text, image, audio, video, application or font',
    holds: matches(/^(?:text|image|audio|video|application|font)$/),
  },
} satisfies Record<string, ValueType>;

/** A type by its name, or the words of an enumeration: `static|dynamic`. @throws Error for a name that there is not */
export function valueType(name: string): ValueType {
  if (Object.hasOwn(valueTypes, name)) return valueTypes[name as keyof typeof valueTypes];
  if (!name.includes('|')) throw new Error(`no value type ${name}`);
  const words = name.split('|').filter((word) => word !== '');
  return { allowed: words.join(' or '), holds: (value) => words.includes(value) };
}
