import type { DBOS } from '@dbos-inc/dbos-sdk';
import type { JournalStep } from '../status/job-journal.js';
import { optionalTime, viewOfFailure, type JobStatus, type JobStep } from './job-view.js';
import { storedFailure } from './stored-failure.js';

/** A step that the engine has checkpointed. */
type DoneStep = NonNullable<Awaited<ReturnType<typeof DBOS.listWorkflowSteps>>>[number];

/** The engine's checkpoints, and what our journal knows beside them: failed attempts, and the steps that run now. */
export function stepViews(done: readonly DoneStep[], noted: readonly JournalStep[], job: JobStatus): JobStep[] {
  const notes = new Map(noted.map((note) => [note.stepId, note]));
  const views = done.map((step): JobStep => {
    const note = notes.get(step.functionID);
    notes.delete(step.functionID);
    const failure = step.error ? storedFailure(step.error) : (note?.lastFailure ?? null);
    return {
      name: step.name,
      status: step.error ? 'failed' : 'done',
      startedAt: optionalTime(step.startedAtEpochMs),
      endedAt: optionalTime(step.completedAtEpochMs),
      failedAttempts: note?.failedAttempts ?? 0,
      nextAttemptAt: null,
      failure: viewOfFailure(failure),
      child: step.childWorkflowID,
    };
  });
  // Begun and not checkpointed: it runs, or it ran when the job was cancelled.
  for (const note of job === 'running' ? notes.values() : []) {
    views.push({
      name: note.name,
      status: note.nextAttemptAt === null ? 'running' : 'waiting',
      startedAt: optionalTime(note.startedAt),
      endedAt: null,
      failedAttempts: note.failedAttempts,
      nextAttemptAt: optionalTime(note.nextAttemptAt),
      failure: viewOfFailure(note.lastFailure),
      child: null,
    });
  }
  return views;
}
