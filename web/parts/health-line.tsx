import type { System } from '../../src/api/contract';
import { findings } from '../health';
import { Link } from '../router';

/** All well, or what is not: the first thing to be read at night. */
export function HealthLine({ system, link = false }: { readonly system: System | undefined; readonly link?: boolean }) {
  if (!system) return null;
  const wrong = findings(system, Date.now());
  return (
    <div className={`health-line ${wrong.length > 0 ? 'bad' : ''}`} role="status" data-health>
      {wrong.length === 0 ? (
        <span className="status done">All well</span>
      ) : (
        <>
          <span className="status failed">
            {wrong.length === 1 ? '1 thing is not well' : `${wrong.length} things are not well`}
          </span>
          <ul>
            {wrong.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        </>
      )}
      {link && <Link to={['health']}>Details</Link>}
    </div>
  );
}
