import { withoutSecrets } from './recording-schema.js';

/** Fields of events and answers that let somebody in. */
const secretFields = [
  'download_token',
  'download_access_token',
  'password',
  'recording_play_passcode',
  'passcode',
  'plainToken',
];
const deepest = 32;

/** A copy without what opens recordings: tokens, passcodes, and those in the queries of addresses. What is nested beyond reason is left out. */
export function redactEvent(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return /^https?:/i.test(value) ? withoutSecrets(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return null;
  if (Array.isArray(value)) return value.map((item) => redactEvent(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !secretFields.includes(name))
      .map(([name, item]) => [name, redactEvent(item, depth + 1)]),
  );
}
