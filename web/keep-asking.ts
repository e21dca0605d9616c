import type { Problem } from '../src/api/contract';
import { toProblem } from './api';

export interface Question<T> {
  readonly ask: (signal: AbortSignal) => Promise<T>;
  /** milliseconds from an answer to the next question; undefined: it is asked once, and again after a problem that may pass */
  readonly everyMs: number | undefined;
  /** Does somebody look? Otherwise the next question waits for `seen`. */
  readonly isSeen: () => boolean;
  readonly onAsked: () => void;
  readonly onAnswer: (answer: T) => void;
  readonly onProblem: (problem: Problem) => void;
}

export interface Asking {
  /** Asks now; while an answer is under way, which may tell what was before, as soon as that has come. */
  readonly again: () => void;
  /** Somebody looks again. */
  readonly seen: () => void;
  readonly stop: () => void;
}

/** milliseconds between attempts while problems last: the first, and the longest */
const firstPause = 1000;
const longestPause = 15_000;

/**
 * Asks at once, and then again and again, but never while an answer is under way: a server that is slow, which is when its answer counts most, would
 * be cut off each time.
 */
export function keepAsking<T>(question: Question<T>): Asking {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isUnderWay = false;
  let isWanted = false;
  let isDue = false;
  let problems = 0;

  function ask(): void {
    clearTimeout(timer);
    isUnderWay = true;
    isWanted = isDue = false;
    question.onAsked();
    question.ask(abort.signal).then(
      (answer) => ended(undefined, () => question.onAnswer(answer)),
      (error: unknown) => {
        const problem = toProblem(error);
        ended(problem, () => question.onProblem(problem));
      },
    );
  }

  function ended(problem: Problem | undefined, tell: () => void): void {
    if (abort.signal.aborted) return;
    isUnderWay = false;
    problems = problem ? problems + 1 : 0;
    const pause = pauseBefore(question.everyMs, problem?.passing ? problems : 0);
    tell();
    if (isWanted) ask();
    else if (pause !== undefined) timer = setTimeout(tick, pause);
  }

  function tick(): void {
    if (question.isSeen()) ask();
    else isDue = true;
  }

  ask();
  return {
    again() {
      if (isUnderWay) isWanted = true;
      else ask();
    },
    seen() {
      if (isDue) ask();
    },
    stop() {
      clearTimeout(timer);
      abort.abort();
    },
  };
}

/** @param problems in a row that may pass */
function pauseBefore(everyMs: number | undefined, problems: number): number | undefined {
  if (problems === 0) return everyMs;
  return Math.max(everyMs ?? 0, Math.min(firstPause * 2 ** (problems - 1), longestPause));
}
