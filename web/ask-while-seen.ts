import type { RefObject } from 'react';
import { keepAsking, type Asking, type Question } from './keep-asking';

/** Keeps asking as long as the page is seen. @param asking is given how to ask at once @returns stops it: what an effect returns */
export function askWhileSeen<T>(
  asking: RefObject<Asking | undefined>,
  question: Omit<Question<T>, 'isSeen'>,
): () => void {
  const isSeen = () => document.visibilityState === 'visible';
  const current = keepAsking({ ...question, isSeen });
  asking.current = current;
  const look = () => {
    if (isSeen()) current.seen();
  };
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    current.stop();
  };
}
