/** A parser with inputs that it takes, and others that it refuses; both are changed into more. */
export interface FuzzedParser {
  readonly seeds: readonly Uint8Array[];
  readonly broken?: readonly Uint8Array[];
  /** Throws what the parser throws for bad input; anything else is a fault, as is NotWrittenBackError. */
  readonly parse: (bytes: Uint8Array) => unknown;
}

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const asText =
  <Parsed>(parse: (text: string) => Parsed) =>
  (bytes: Uint8Array) =>
    parse(new TextDecoder().decode(bytes));
