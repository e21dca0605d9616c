import type { System } from '../../src/api/contract';
import { healthFindings } from '../../src/view/health-findings';
import { quantities } from '../format';
import { Link } from '../router';
import { isOld } from '../staleness';
import { useNow } from '../use-now';
import type { Resource } from '../use-resource';

interface HealthLineProps {
  readonly of: Resource<System>;
  readonly link?: boolean;
}

/** All well, or what is not, or that nobody knows: the first thing to be read at night. */
export function HealthLine({ of, link = false }: HealthLineProps) {
  const now = useNow();
  if (!of.data) return null;
  const wrong = healthFindings(of.data, { now, served: true, written: quantities });
  const isKnown = !isOld(of, now);
  return (
    <div className={`health-line ${isKnown && wrong.length === 0 ? '' : 'bad'}`} role="status" data-health>
      {!isKnown && <span className="status warn">Not known now</span>}
      {!isKnown && wrong.length === 0 && <span>All was well before.</span>}
      {isKnown && wrong.length === 0 && <span className="status done">All well</span>}
      {wrong.length > 0 && <Wrong findings={wrong} isKnown={isKnown} />}
      {link && <Link to={['health']}>Details</Link>}
    </div>
  );
}

function Wrong({ findings, isKnown }: { readonly findings: readonly string[]; readonly isKnown: boolean }) {
  const things = findings.length === 1 ? '1 thing' : `${findings.length} things`;
  const [is, was] = findings.length === 1 ? ['is', 'was'] : ['are', 'were'];
  return (
    <>
      <span className="status failed">{isKnown ? `${things} ${is} not well` : `${things} ${was} not well before`}</span>
      <ul>
        {findings.map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
    </>
  );
}
