import { expect, it } from 'vitest';
import { suggestionWords } from './suggestion-words.js';

it.each([
  [{ because: 'meeting', minutesLate: 0 }, 'its meeting has this class; it began at its time'],
  [{ because: 'topic', minutesLate: 5 }, 'the topic names this course; it began 300000 ms later'],
  [{ because: 'time', minutesLate: -5 }, 'it takes place at that time; it began 300000 ms earlier'],
] as const)('a class is suggested with a reason: %o', (suggestion, words) => {
  expect(suggestionWords(suggestion, { duration: (milliseconds) => `${milliseconds} ms` })).toBe(words);
});
