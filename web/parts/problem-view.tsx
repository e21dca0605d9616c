import type { Problem } from '../../src/api/contract';

/** What went wrong and what to do, told to screen readers when it appears. */
export function ProblemView({ problem }: { readonly problem: Problem | undefined }) {
  return (
    <div role="alert">
      {problem && (
        <div className="problem">
          <strong>{problem.title}</strong>
          <Details problem={problem} />
          <p className="hint">{problem.help}</p>
        </div>
      )}
    </div>
  );
}

/** Several problems as a list, one as a sentence. */
function Details({ problem: { detail, details } }: { readonly problem: Problem }) {
  const problems = details?.problems;
  if (!Array.isArray(problems) || problems.length < 2) return <p>{detail}</p>;
  return (
    <ul>
      {problems.map((problem) => (
        <li key={problem}>{problem}</li>
      ))}
    </ul>
  );
}
