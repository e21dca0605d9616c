interface Bounds {
  /** Items under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `act` on every item in order. At the first failure, or when `signal` aborts, what is under way is told by its own signal and waited
 * for, nothing more is begun, and the first error is thrown.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  { concurrency, signal }: Bounds,
  act: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let next = 0;
  let first: { error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && !either.aborted; item = items[next++]) {
      try {
        await act(item, either);
      } catch (error) {
        first ??= { error };
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  if (first) throw first.error;
  signal?.throwIfAborted();
}
