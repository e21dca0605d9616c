import { isOld, type Answered } from '../staleness';
import { useNow } from '../use-now';
import { ProblemView } from './problem-view';
import { Since } from './time';

/** Why there is no news, and how old what is shown is when there should be some. */
export function AnswerState({ of }: { readonly of: Answered }) {
  return (
    <>
      <ProblemView problem={of.problem} />
      <Age of={of} />
    </>
  );
}

function Age({ of }: { readonly of: Answered }) {
  const now = useNow();
  if (of.answeredAt === undefined || !isOld(of, now)) return null;
  return (
    <p className="hint" data-old>
      <span className="status warn">Old</span> What is shown is <Since at={new Date(of.answeredAt).toISOString()} />{' '}
      old; no newer answer has come.
    </p>
  );
}
