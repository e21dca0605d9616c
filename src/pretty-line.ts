/** A line of the log as pino writes it; beside these it says whatever the place says that wrote it. */
interface LogLine {
  readonly time: number;
  readonly level: number;
  readonly msg?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
  readonly [fact: string]: unknown;
}

/** Names of pino's levels, with their colours (SGR parameters, ECMA-48 8.3.117). */
const levels: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 31],
};
/** Said by every line of a process; of no use to somebody who looks at its terminal. */
const ofProcess = ['pid', 'hostname'];
const dim = 90;
const bold = 1;

/**
 * A line of the log for people: `12:03:04.567 WARN  step failed  job=asset:a code=source_unreachable`, in local time, and the stack of an
 * error below. Text that is no such line stays as it is.
 * @param line with its line break
 */
export function prettyLine(line: string, colour: boolean): string {
  const read = readLine(line);
  if (!read) return line;
  const { time, level, msg = '', err, ...facts } = read;
  const paint = (code: number, text: string) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const [name, levelColour] = levels[level] ?? [String(level), dim];
  const told = Object.entries(facts)
    .filter(([fact]) => !ofProcess.includes(fact))
    .map(([fact, value]) => `${paint(dim, `${fact}=`)}${shown(value)}`);
  const head = [paint(dim, clock(new Date(time))), paint(levelColour, name.padEnd(5)), paint(bold, printable(msg))];
  const stack = err ? `\n${indented(printable(err.stack ?? err.message ?? '', true))}` : '';
  return `${[head.join(' '), told.join(' ')].filter(Boolean).join('  ')}${stack}\n`;
}

function readLine(line: string): LogLine | undefined {
  try {
    const read = JSON.parse(line) as Partial<LogLine> | null;
    return typeof read?.time === 'number' && typeof read.level === 'number' ? (read as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

function clock(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const seconds = `${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  return `${two(time.getHours())}:${two(time.getMinutes())}:${seconds}`;
}

/** As it is when it is one word, else as JSON. */
function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/@%+~-]+$/.test(value) ? value : JSON.stringify(value);
}

/** What others sent may stand in a line: it moves no cursor and sets no colour. */
function printable(text: string, lines = false): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => (lines && character === '\n' ? character : '\uFFFD'));
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
