import type { JobFailure } from '../../src/api/contract';

/** Why a job failed, in words, and what to do. */
export function FailureView({ failure }: { readonly failure: JobFailure }) {
  return (
    <div className="failure">
      <p>
        <strong>{failure.title}.</strong> {failure.message}
      </p>
      <p className="hint">
        {failure.help} <code>{failure.code}</code>
      </p>
    </div>
  );
}
