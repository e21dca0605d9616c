import { useState } from 'react';
import type { AssetList } from '../../src/api/contract';
import { withQuery } from '../api';
import { formatBytes, formatDuration } from '../format';
import { NewAsset } from '../parts/new-asset';
import { Pages } from '../parts/pages';
import { ProblemView } from '../parts/problem-view';
import { Time } from '../parts/time';
import { useMay } from '../role';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** What is playable, newest first. */
export function AssetsPage() {
  const mayMake = useMay('operator');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const { data, problem } = useResource<AssetList>(withQuery('api/assets', { limit: 50, cursor: cursors.at(-1) }));
  return (
    <>
      <div className="title">
        <h1>Assets</h1>
        {mayMake && (
          <a className="button" href="#/assets/new">
            New asset
          </a>
        )}
        <a className="button" href="#/groups">
          Packaging groups
        </a>
      </div>
      {mayMake && <NewAsset />}
      <ProblemView problem={problem} />
      {data?.assets.length === 0 && (
        <p className="none">
          Nothing is playable yet. A new asset becomes so when its job is done
          {mayMake && (
            <>
              ; it can also be made <a href="#/assets/new">by its address</a>
            </>
          )}
          .
        </p>
      )}
      {data && data.assets.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Table of assets">
          <table className="stacked">
            <thead>
              <tr>
                <th scope="col">Asset</th>
                <th scope="col">Packaging group</th>
                <th scope="col">Endpoints</th>
                <th scope="col">Duration</th>
                <th scope="col">Size</th>
                <th scope="col">Made</th>
              </tr>
            </thead>
            <tbody>
              {data.assets.map(({ id, packagingGroupId, endpoints, createdAt }) => (
                <tr key={id}>
                  <th scope="row">
                    <Link to={['assets', 'of', id]}>{id}</Link>
                  </th>
                  <td data-name="Packaging group">{packagingGroupId}</td>
                  <td data-name="Endpoints">{endpoints.map(({ configurationId }) => configurationId).join(', ')}</td>
                  <td data-name="Duration">
                    {formatDuration(Math.max(0, ...endpoints.map(({ durationMs }) => durationMs)))}
                  </td>
                  <td data-name="Size">{formatBytes(endpoints.reduce((sum, { bytes }) => sum + bytes, 0))}</td>
                  <td data-name="Made">
                    <Time at={createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pages cursors={cursors} next={data?.next} onChange={setCursors} />
    </>
  );
}
