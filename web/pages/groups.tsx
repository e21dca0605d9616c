import type { PackagingGroup } from '../../src/api/contract/packaging';
import { formatOf, valueAt } from '../packaging/document';
import { formatName } from '../packaging/formats';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** The packaging groups of this server, and what each makes of an asset. */
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
        <Link to={['assets']}>Assets</Link>
      </div>
      <ProblemView problem={problem} />
      {data?.length === 0 && <p className="none">There is none yet. A group says in which formats an asset is made.</p>}
      <ul className="rows">
        {data?.map((id) => (
          <Group key={id} id={id} />
        ))}
      </ul>
    </>
  );
}

function Group({ id }: { readonly id: string }) {
  const { data, problem } = useResource<PackagingGroup>(`api/packaging-groups/${encodeURIComponent(id)}`);
  return (
    <li data-group={id}>
      <strong>
        <Link to={['groups', id]}>{id}</Link>
      </strong>
      {problem && <span className="bad">{problem.detail}</span>}
      {data && (
        <span className="hint">
          {data.configurations.length === 0
            ? 'made by MediaPackage'
            : data.configurations.map((each) => `${each.Id}: ${nameOf(each)}`).join(' · ')}
        </span>
      )}
    </li>
  );
}

/** HLS over CMAF may have MPDs over the same segments. */
function nameOf(configuration: unknown): string {
  const both = valueAt(configuration, ['CmafPackage', 'DashManifests']) !== undefined;
  return `${formatName(formatOf(configuration) ?? '')}${both ? ' and DASH' : ''}`;
}
