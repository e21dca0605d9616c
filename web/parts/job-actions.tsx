import type { JobSummary } from '../../src/api/contract';
import { send } from '../api';
import { useAction } from '../use-resource';
import { useMay } from '../role';
import { ProblemView } from './problem-view';

export interface JobActionsProps {
  readonly job: JobSummary;
  /** with the job as it is afterwards */
  readonly onChange: (job: JobSummary) => void;
}

const names = { retry: 'Retry', dismiss: 'Dismiss', cancel: 'Cancel' } as const;
type Verb = keyof typeof names;

/** The buttons that help: what the job's status allows. */
export function JobActions({ job, onChange }: JobActionsProps) {
  if (!useMay('operator')) return null;
  return (
    <div className="actions">
      {verbsFor(job).map((verb) => (
        <ActionButton key={verb} verb={verb} job={job} onChange={onChange} />
      ))}
    </div>
  );
}

function verbsFor({ status, deadLetter }: JobSummary): readonly Verb[] {
  switch (status) {
    case 'queued':
    case 'running':
      return ['cancel'];
    case 'failed':
      return deadLetter ? ['retry', 'dismiss'] : ['retry'];
    case 'cancelled':
      return ['retry'];
    case 'done':
      return [];
  }
}

function ActionButton({ verb, job, onChange }: JobActionsProps & { readonly verb: Verb }) {
  const action = useAction(async () => {
    onChange(await send<JobSummary>('POST', `api/jobs/${encodeURIComponent(job.id)}/${verb}`));
  });
  const run = () => {
    if (verb !== 'cancel' || confirm(`Cancel ${job.title}, and all that belongs to it? Retry lets it go on.`))
      action.run();
  };
  return (
    <>
      <button type="button" className={verb === 'retry' ? 'main' : ''} disabled={action.busy} onClick={run}>
        {names[verb]}
        <span className="unseen"> {job.title}</span>
      </button>
      <ProblemView problem={action.problem} />
    </>
  );
}
