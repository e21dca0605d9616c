import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../src/api/contract';
import { get, toProblem } from './api';

export interface Resource<T> {
  /** The last good answer; undefined until there is one. */
  readonly data: T | undefined;
  /** Why the last request gave nothing. */
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * What a path of the API answers, asked for again when the path changes, when `reload` is called, and every `everyMs` while the page is seen.
 * An answer that comes after a newer question is dropped.
 */
export function useResource<T>(path: string | undefined, everyMs?: number): Resource<T> {
  const [state, setState] = useState<{ path?: string; data?: T; problem?: Problem; loading: boolean }>({
    loading: path !== undefined,
  });
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);

  useEffect(() => {
    if (path === undefined) return undefined;
    const abort = new AbortController();
    setState((before) => ({ ...(before.path === path ? before : {}), path, loading: true }));
    get<T>(path, abort.signal).then(
      (data) => !abort.signal.aborted && setState({ path, data, loading: false }),
      (error: unknown) =>
        !abort.signal.aborted && setState((before) => ({ ...before, problem: toProblem(error), loading: false })),
    );
    return () => abort.abort();
  }, [path, turn]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);

  const current = state.path === path ? state : { loading: path !== undefined };
  return { data: current.data, problem: current.problem, loading: current.loading, reload };
}

export interface Action {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly run: () => void;
}

/** Something that a button does: not twice at a time, and with the problem when it fails. */
export function useAction(act: () => Promise<void>): Action {
  const [state, setState] = useState<{ busy: boolean; problem?: Problem }>({ busy: false });
  const latest = useRef(act);
  latest.current = act;
  const busy = useRef(false);
  const run = useCallback(() => {
    if (busy.current) return;
    busy.current = true;
    setState({ busy: true });
    latest
      .current()
      .then(
        () => setState({ busy: false }),
        (error: unknown) => setState({ busy: false, problem: toProblem(error) }),
      )
      .finally(() => (busy.current = false));
  }, []);
  return { busy: state.busy, problem: state.problem, run };
}
