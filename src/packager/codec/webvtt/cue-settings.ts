const percentage = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/;

/** What each setting may say, WebVTT §4.4. */
const allowed: Readonly<Record<string, (value: string) => boolean>> = {
  vertical: (value) => value === 'rl' || value === 'lr',
  line: (value) => {
    const [offset = '', alignment] = value.split(',', 2);
    return (
      (percentage.test(offset) || /^-?\d{1,6}$/.test(offset)) &&
      isOneOf(alignment, [undefined, 'start', 'center', 'end'])
    );
  },
  position: (value) => {
    const [offset = '', alignment] = value.split(',', 2);
    return percentage.test(offset) && isOneOf(alignment, [undefined, 'line-left', 'center', 'line-right']);
  },
  size: (value) => percentage.test(value),
  align: (value) => isOneOf(value, ['start', 'center', 'end', 'left', 'right']),
  region: (value) => value !== '' && !value.includes('-->'),
};

/** Cue settings by name; those that are not allowed are passed over, and the last of a name counts, as §6.3 has it. */
export function readCueSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const word of text.split(/[ \t]+/)) {
    const colon = word.indexOf(':');
    const [name, value] = [word.slice(0, colon), word.slice(colon + 1)];
    if (colon > 0 && Object.hasOwn(allowed, name) && allowed[name]?.(value)) settings.set(name, value);
  }
  // "middle" is what files of the time before 2016 say.
  if (!settings.has('align') && /(?:^|[ \t])align:middle(?:[ \t]|$)/.test(text)) settings.set('align', 'center');
  return settings;
}

export function writeCueSettings(settings: ReadonlyMap<string, string>): string {
  return [...settings].map(([name, value]) => `${name}:${value}`).join(' ');
}

function isOneOf(value: string | undefined, values: readonly (string | undefined)[]): boolean {
  return values.includes(value);
}
