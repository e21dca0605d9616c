import { type JobDetail, type JobFailure, type JobStep, type JobSummary, mostChildren } from '../workflow/job-view.js';
import { formatBytes, formatDuration } from './quantity.js';
import { factLines, section } from './sections.js';
import { tableLines } from './table.js';

/** A list of jobs for people. */
export function jobListLines(jobs: readonly JobSummary[]): string[] {
  return tableLines(jobs, [
    { title: 'JOB', value: (job) => job.id },
    { title: 'STATUS', value: (job) => job.status },
    { title: 'CREATED', value: (job) => job.createdAt.replace(/\.\d+Z$/, 'Z') },
    { title: 'TOOK', value: took, align: 'right' },
    { title: 'DETAIL', value: detailOf },
  ]);
}

/** One job with all there is to know, for people. */
export function jobDetailLines(job: JobDetail): string[] {
  const facts: [string, string][] = [
    ['job', job.id],
    ['what', `${job.title} (${job.kind})`],
    ['status', job.status + (job.attempt > 1 ? `, attempt ${job.attempt}` : '')],
    ...(job.parent === null ? [] : ([['part of', job.parent]] as [string, string][])),
    ['created', job.createdAt],
    ...(job.startedAt === null ? [] : ([['started', job.startedAt]] as [string, string][])),
    ...(job.endedAt === null ? [] : ([['ended', `${job.endedAt} (${took(job)})`]] as [string, string][])),
    ...(job.progress === null ? [] : ([['progress', progressOf(job.progress)]] as [string, string][])),
  ];
  return [
    ...factLines(facts),
    ...section('failure', job.failure ? failureLines(job.failure) : []),
    ...section('steps', job.steps.length === 0 ? [] : stepLines(job.steps)),
    ...section('parts', job.children.length === 0 ? [] : partLines(job.children)),
    ...section(
      'earlier attempts',
      job.earlierAttempts.map(({ attempt, status, endedAt, failure }) =>
        `${attempt}  ${status}  ${endedAt}  ${failure ? `${failure.message} [${failure.code}]` : ''}`.trimEnd(),
      ),
    ),
  ];
}

function partLines(parts: readonly JobSummary[]): string[] {
  const more = parts.length < mostChildren ? [] : [`There may be more: these are the newest ${mostChildren}.`];
  return [...jobListLines(parts), ...more];
}

function failureLines({ message, code, help, details }: JobFailure): string[] {
  const said = Object.entries(details).filter(
    ([, value]) => typeof value === 'object' || !message.includes(String(value)),
  );
  return [
    `${message} [${code}]`,
    ...said.map(([name, value]) => `${name}: ${typeof value === 'object' ? value.join(', ') : String(value)}`),
    help,
  ];
}

function stepLines(steps: readonly JobStep[]): string[] {
  return tableLines(steps, [
    { title: 'STEP', value: (step) => step.name },
    { title: 'STATUS', value: (step) => step.status },
    { title: 'TOOK', value: took, align: 'right' },
    {
      title: 'FAILED',
      value: (step) => (step.failedAttempts === 0 ? '-' : String(step.failedAttempts)),
      align: 'right',
    },
    {
      title: 'DETAIL',
      value: (step) => (step.failure ? `${step.failure.message} [${step.failure.code}]` : (step.child ?? '')),
    },
  ]);
}

function took({ startedAt, endedAt }: { startedAt: string | null; endedAt: string | null }): string {
  return startedAt === null || endedAt === null ? '-' : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

function detailOf(job: JobSummary): string {
  if (job.failure) return `${job.failure.message} [${job.failure.code}]`;
  if (job.status !== 'running') return job.title;
  const step =
    job.step && (job.step.nextAttemptAt ? `${job.step.name}, tried again at ${job.step.nextAttemptAt}` : job.step.name);
  return [step ?? job.title, job.progress && progressOf(job.progress)].filter(Boolean).join(': ');
}

function progressOf({ done, total, unit, bytesRead, bytesWritten }: NonNullable<JobSummary['progress']>): string {
  const bytes = [
    bytesRead === undefined ? '' : `${formatBytes(bytesRead)} read`,
    bytesWritten === undefined ? '' : `${formatBytes(bytesWritten)} written`,
  ].filter(Boolean);
  return [`${done} of ${total} ${unit}`, ...bytes].join(', ');
}
