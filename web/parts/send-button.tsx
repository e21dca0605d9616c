import { useState } from 'react';
import type { OrderedIngestView } from '../../src/api/contract';
import { send } from '../api';
import { useMay } from '../role';
import { useAction } from '../use-resource';
import { ProblemView } from './problem-view';

export interface SendButtonProps {
  readonly path: string;
  readonly body?: unknown;
  readonly name: string;
  /** said to screen readers: which of several */
  readonly what?: string;
  readonly main?: boolean;
  readonly onDone: () => void;
}

/** A button that asks for one change, and says when nothing came of it. */
export function SendButton({ path, body, name, what, main = false, onDone }: SendButtonProps) {
  const mayAct = useMay('operator');
  const [said, setSaid] = useState<string>();
  const action = useAction(async () => {
    const answer = await send<Partial<OrderedIngestView>>('POST', path, body ?? {});
    setSaid(answer.reason ?? undefined);
    onDone();
  });
  if (!mayAct) return null;
  return (
    <>
      <button type="button" className={main ? 'main' : ''} disabled={action.busy} onClick={action.run}>
        {name}
        {what !== undefined && <span className="unseen"> {what}</span>}
      </button>
      {said !== undefined && <span role="status">{said}</span>}
      <ProblemView problem={action.problem} />
    </>
  );
}

interface IngestButtonProps {
  readonly uuid: string;
  readonly seriesId: string;
  readonly what: string;
  readonly onDone: () => void;
}

export function IngestButton({ uuid, seriesId, what, onDone }: IngestButtonProps) {
  const body = { uuid, seriesId };
  return (
    <SendButton
      path="api/recordings/ingest"
      {...{ body, what: `${what} into series ${seriesId}`, onDone }}
      name="Ingest into it"
      main
    />
  );
}
