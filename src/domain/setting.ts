import type { z } from 'zod';

/** A setting that reads itself: every room exports its own beside the code that uses them, `config/` composes them. */
export interface Setting<Value> {
  /** What it is for, one line. */
  readonly about: string;
  /** What may be given; said when something else was. */
  readonly allowed: string;
  /** Reads the text of the environment variable. */
  readonly schema: z.ZodType<Value, string>;
  /** Taken as if it had been given; absent: the value is `undefined` when nothing is. */
  readonly default?: string;
  /** Marks a secret: how to show its text to people. Without it the text is shown as it is. */
  readonly mask?: (text: string) => string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- only the constraint of a mapped type
export type Settings = Readonly<Record<string, Setting<any>>>;

/** What a setting yields: never undefined where there is a default. */
export type SettingValue<Given> = Given extends { schema: z.ZodType<infer Value> }
  ? Given extends { default: string }
    ? Value
    : Value | undefined
  : never;

/** Infers the value of every setting while it keeps their names. */
export function settings<const Given extends Settings>(given: Given): Given {
  return given;
}

/** The items of a list: separated by commas, blanks or line breaks. */
export function listItems(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}
