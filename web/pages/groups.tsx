import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** The packaging groups of this server. */
export function GroupsPage() {
  const mayMake = useMay('admin');
  const { data, problem } = useResource<readonly string[]>('api/packaging-groups');
  return (
    <>
      <div className="title">
        <h1>Packaging groups</h1>
        {mayMake && (
          <a className="button main" href="#/groups/new">
            New group
          </a>
        )}
      </div>
      <ProblemView problem={problem} />
      {data?.length === 0 && <p className="none">There is none yet. A group says in which formats an asset is made.</p>}
      <ul className="rows">
        {data?.map((id) => (
          <li key={id}>
            <Link to={['groups', id]}>{id}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}
