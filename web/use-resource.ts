import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../src/api/contract';
import { get, toProblem } from './api';
import { askWhileSeen } from './ask-while-seen';
import type { Asking } from './keep-asking';
import type { Answered } from './staleness';

export interface Resource<T> extends Answered {
  /** The last good answer; undefined until there is one. */
  readonly data: T | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface State<T> {
  readonly path?: string;
  readonly data?: T;
  readonly answeredAt?: number;
  readonly problem?: Problem;
  readonly loading: boolean;
}

/**
 * What a path of the API answers: asked for again when path or `everyMs` change, when `reload` is called, and `everyMs` after the last answer while
 * the page is seen. An answer to another path than the present one is dropped.
 */
export function useResource<T>(path: string | undefined, everyMs?: number): Resource<T> {
  const [state, setState] = useState<State<T>>({ loading: path !== undefined });
  const asking = useRef<Asking>(undefined);
  const reload = useCallback(() => asking.current?.again(), []);

  useEffect(() => {
    if (path === undefined) return undefined;
    return askWhileSeen(asking, {
      ...{ ask: (signal) => get<T>(path, signal), everyMs },
      onAsked: () => setState((before) => ({ ...(before.path === path ? before : {}), path, loading: true })),
      onAnswer: (data) => setState({ path, data, answeredAt: Date.now(), loading: false }),
      onProblem: (problem) => setState((before) => ({ ...before, problem, loading: false })),
    });
  }, [path, everyMs]);

  const { data, problem, answeredAt, loading } = state.path === path ? state : { loading: path !== undefined };
  return { ...{ data, problem, answeredAt, everyMs, loading, reload } };
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
