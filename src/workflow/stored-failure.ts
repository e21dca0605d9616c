import { Failure, failureTable, toFailure, type FailureDetails } from '../domain/failure.js';
import type { StoredFailure } from '../status/tables.js';

/**
 * The failure without what must not be stored: causes (they may hold requests with their headers), the stack, and the
 * passwords and queries of URLs (signatures are in them).
 */
export function storable(error: unknown): Failure {
  const { code, message, details } = toFailure(error);
  const clean = new Failure(code, withoutUrlSecrets(storableText(message)), { details: withoutSecrets(details) });
  delete clean.stack;
  return clean;
}

export function storedFailure(error: unknown): StoredFailure {
  const { code, message, details } = storable(error);
  return { code, message, details };
}

/** Text as every column of the database takes it: without NUL and halves of surrogates, as what others send and what is cut may have. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Is it a Failure, or one that came back from the database as a plain error? */
export function isFailure(error: unknown): boolean {
  if (error instanceof Failure) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && Object.hasOwn(failureTable, code);
}

function withoutSecrets(details: FailureDetails): FailureDetails {
  const clean = (value: FailureDetails[string]): FailureDetails[string] => {
    const cleanText = (text: string) => withoutUrlSecrets(storableText(text));
    if (typeof value === 'string') return cleanText(value);
    return typeof value === 'object' ? value.map(cleanText) : value;
  };
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, clean(value)]));
}

const url = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]*@)?([^\s?#"'<>]*)(?:\?[^\s#"'<>]*)?/gi;

function withoutUrlSecrets(text: string): string {
  return text.replace(url, (whole, scheme: string, place: string) => {
    const plain = scheme + place;
    return whole === plain ? whole : `${plain} (without its secrets)`;
  });
}
