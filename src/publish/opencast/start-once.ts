import { Failure } from '../../domain/failure.js';
import type { EventLedger, NewLedgerEvent } from '../../status/event-ledger.js';
import type { Opencast } from './opencast.js';
import type { StartedWorkflow } from './opencast-xml.js';

export interface StartOnceOptions {
  readonly opencast: Pick<Opencast, 'workflowsOf' | 'runningIngests'>;
  readonly ledger: Pick<EventLedger, 'find' | 'posting' | 'refused' | 'started'>;
  /** milliseconds that a request whose answer was lost may still be at work in Opencast */
  readonly settleMs: number;
}

/**
 * Starts a workflow on a media package, once, however often this is called and wherever it was interrupted. Opencast starts a second one
 * without a word, so before each request its workflows of that media package are looked at, and a request is noted before it is made: when its
 * answer is lost (a cut connection, a proxy that gave up, a kill of ours), the next one is not made before the first cannot be at work any more.
 * @param request asks for the last time whether it is still ours to make, after the note: whoever was frozen meanwhile is too late
 */
export async function startOnce(
  { opencast, ledger, settleMs }: StartOnceOptions,
  { event, request, signal }: { event: NewLedgerEvent; request: () => Promise<StartedWorkflow>; signal: AbortSignal },
): Promise<{ workflowId: string }> {
  const id = event.mediaPackageId;
  const adopt = async (): Promise<{ workflowId: string } | undefined> => {
    const last = (await opencast.workflowsOf(id, signal)).at(-1);
    if (!last) return undefined;
    await ledger.started(id, last.id);
    return { workflowId: last.id };
  };

  const known = await ledger.find(id);
  if (known?.workflowId !== undefined) return { workflowId: known.workflowId };
  const running = await adopt();
  if (running) return running;
  if (known?.postedMsAgo !== undefined) await settled(known.postedMsAgo, { opencast, settleMs, signal });

  await ledger.posting(event);
  try {
    const { id: workflowId } = await request();
    await ledger.started(id, workflowId);
    return { workflowId };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'conflict') {
      const adopted = await adopt();
      if (adopted) return adopted;
    }
    if (isEnded(error)) await ledger.refused(id);
    throw error.code === 'conflict' ? new Failure('opencast_busy', error.message) : error;
  }
}

/**
 * Has Opencast itself come to an end with the request? An answer of a proxy before it (502, 503, 504), and none at all, leave that open. (What
 * it did before a 500 or a 409 is found by the look at its workflows.)
 */
function isEnded({ code, details }: Failure): boolean {
  if (code === 'opencast_refused' || code === 'opencast_forbidden' || code === 'conflict') return true;
  return code === 'opencast_unavailable' && (details.status === 429 || details.status === 500);
}

async function settled(
  passed: number,
  { opencast, settleMs, signal }: Pick<StartOnceOptions, 'opencast' | 'settleMs'> & { signal: AbortSignal },
): Promise<void> {
  const longest = settleMs * patienceWhileBusy;
  if (passed > longest || (passed > settleMs && (await opencast.runningIngests(signal)) === 0)) return;
  throw new Failure(
    'opencast_busy',
    'The answer to an earlier start was lost, and Opencast may still be at work on it: waiting before it is asked again.',
  );
}

/** How many times as long is waited while Opencast takes in tracks, which may be those of the lost request. */
const patienceWhileBusy = 4;
