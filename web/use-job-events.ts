import { useEffect, useRef, useState } from 'react';
import type { JobSummary } from '../src/api/contract';

export type Connection = 'connecting' | 'live' | 'lost';

/**
 * Calls `onJob` for every change of a job, by server-sent events; the browser connects again by itself. `onOpen` is called with every
 * connection, the first too: what changed before it must be asked for.
 */
export function useJobEvents(path: string, onJob: (job: JobSummary) => void, onOpen: () => void): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  const listeners = useRef({ onJob, onOpen });
  listeners.current = { onJob, onOpen };
  useEffect(() => {
    let again: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource;
    const connect = () => {
      source = new EventSource(path);
      source.onopen = () => {
        setConnection('live');
        listeners.current.onOpen();
      };
      source.onerror = () => {
        setConnection('lost');
        // A browser gives up for good when the answer is no stream (the server restarts behind a proxy).
        if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, reconnectMs);
      };
      source.addEventListener('job', (event: MessageEvent<string>) =>
        listeners.current.onJob(JSON.parse(event.data) as JobSummary),
      );
    };
    connect();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [path]);
  return connection;
}

const reconnectMs = 5000;
