import type { MessagePort } from 'node:worker_threads';
import type { Egress, EndpointJob, ReportProgress } from '../egress.js';
import type {
  CoordinatorCall,
  CoordinatorReply,
  CoordinatorRequest,
  CoordinatorResult,
} from './coordinator-messages.js';
import { packagingFailure } from './packaging-failure.js';

/** Makes the endpoints that a coordinated egress asks for, until the port is closed. */
export function serveCoordinator(port: MessagePort, egress: Egress): void {
  const underWay = new Map<number, AbortController>();
  const reply = (message: CoordinatorReply): void => port.postMessage(message);

  async function answer({ id, job, ...asked }: Exclude<CoordinatorRequest, { kind: 'cancel' }>): Promise<void> {
    const { signal } = register(id);
    try {
      const report: ReportProgress = (progress) => reply({ kind: 'progress', id, progress });
      reply({ kind: 'done', id, result: await call(egress, asked, { ...job, signal }, report) });
    } catch (error) {
      const { code, message, details } = packagingFailure(error, signal);
      reply({ kind: 'failed', id, failure: { code, message, details } });
    } finally {
      underWay.delete(id);
    }
  }

  function register(id: number): AbortController {
    const controller = new AbortController();
    underWay.set(id, controller);
    return controller;
  }

  port.on('message', (request: CoordinatorRequest) => {
    if (request.kind === 'cancel') underWay.get(request.id)?.abort();
    else void answer(request);
  });
}

async function call(
  egress: Egress,
  asked: CoordinatorCall,
  job: EndpointJob,
  report: ReportProgress,
): Promise<CoordinatorResult> {
  switch (asked.kind) {
    case 'produce':
      return egress.produce(job, report);
    case 'produce up to':
      return egress.produceUpTo(asked.most, job, report);
    case 'part':
      return void (await egress.producePart(job, asked.part, report));
  }
}
