/** Milliseconds of media that a manifest says, for people to read; 0 where it does not say. Of an HLS presentation each media playlist is asked. */
export function mediaDurationMs(kind: 'hls' | 'mss', text: string): number {
  switch (kind) {
    case 'hls': {
      let seconds = 0;
      for (const [, duration] of text.matchAll(/^#EXTINF:(\d{1,9}(?:\.\d{0,9})?)/gm)) seconds += Number(duration);
      return Math.round(seconds * 1000);
    }
    case 'mss': {
      const ticks = Number(/\sDuration\s*=\s*["'](\d{1,19})["']/.exec(text)?.[1] ?? 0);
      const timescale = Number(/\sTimeScale\s*=\s*["'](\d{1,12})["']/.exec(text)?.[1] ?? 10_000_000);
      return timescale === 0 ? 0 : Math.round((ticks / timescale) * 1000);
    }
  }
}
