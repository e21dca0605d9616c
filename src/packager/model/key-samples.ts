import type { Samples } from './samples.js';
import { joinSamples, splitSamples, syncIndexes } from './split-samples.js';

/**
 * The key pictures alone, for trick play: each is decoded when it is presented, and lasts until the next one. The first keeps its decode time, so
 * that segments begin where those of the whole track do.
 */
export function keySamples(samples: Samples): Samples {
  const keys = syncIndexes(samples);
  const cuts = [...new Set(keys.flatMap((index) => [index, index + 1]))].filter((cut) => cut < samples.sizes.length);
  const only = joinSamples(splitSamples(samples, cuts).filter(({ sync }) => sync[0]));
  const presented = only.decodeTimes.map((time, index) => time + (only.compositionOffsets[index] as number));
  const [first = 0] = only.decodeTimes;
  return {
    ...only,
    decodeTimes: presented.map((time, index) => (index === 0 ? first : time)),
    compositionOffsets: presented.map((time, index) => (index === 0 ? time - first : 0)),
  };
}

/** Puts bytes before each sample at which decoding can begin: parameter sets that are to be in band. */
export function beforeKeySamples(samples: Samples, bytes: Uint8Array): Samples {
  const cuts = [...new Set([0, ...syncIndexes(samples)])];
  return joinSamples(
    splitSamples(samples, cuts).map((part) =>
      part.sync[0]
        ? {
            ...part,
            data: [bytes, ...part.data],
            sizes: part.sizes.map((size, index) => (index === 0 ? size + bytes.length : size)),
          }
        : part,
    ),
  );
}
