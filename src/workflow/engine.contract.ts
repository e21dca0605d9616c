import { jobsContract } from './engine-jobs.contract.js';
import { queuesContract } from './engine-queues.contract.js';
import { stepsContract } from './engine-steps.contract.js';
import { engineUnderTest, type TestPlace } from './engine-under-test.case.js';
import { watchingContract } from './engine-watching.contract.js';
import { workersContract } from './engine-workers.contract.js';

/** What Reelway promises of its engine, whichever database is under it; call it in a `describe`. */
export function engineContract(kind: 'embedded' | 'server', createPlace: () => Promise<TestPlace>): void {
  const under = engineUnderTest(createPlace);
  stepsContract(under);
  jobsContract(under);
  queuesContract(under);
  watchingContract(under);
  if (kind === 'server') workersContract(under);
}
