import { useState } from 'react';
import type { Asset, JobDetail } from '../../src/api/contract';
import { formatBytes, formatDuration } from '../format';
import { AnswerState } from '../parts/answer-state';
import { CopyButton } from '../parts/copy-button';
import { Fact } from '../parts/fact';
import { JobStatus } from '../parts/job-status';
import { Time } from '../parts/time';
import { Player } from '../player/player';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** milliseconds */
const askAgain = 5000;

/** An asset: where it comes from, how the work on it is, and each endpoint with a player. */
export function AssetPage({ id }: { readonly id: string }) {
  const { data: job } = useResource<JobDetail>(`api/jobs/${encodeURIComponent(`asset:${id}`)}`, askAgain);
  const isMade = job?.status === 'queued' || job?.status === 'running';
  // When its job ends it is asked for a last time.
  const answer = useResource<Asset>(`api/assets/${encodeURIComponent(id)}`, isMade ? askAgain : undefined);
  const { data: asset, problem } = answer;
  return (
    <>
      <h1>{id}</h1>
      {!(job && problem?.code === 'not_found') && <AnswerState of={answer} />}
      <dl className="facts">
        {job && (
          <Fact
            name="Job"
            value={
              <>
                <Link to={['jobs', job.id]}>{job.title}</Link> <JobStatus job={job} />
              </>
            }
          />
        )}
        {asset && (
          <>
            <Fact
              name="Packaging group"
              value={<Link to={['groups', asset.packagingGroupId]}>{asset.packagingGroupId}</Link>}
            />
            <Fact name="Source" value={<code>{asset.source}</code>} />
            <Fact name="Made" value={<Time at={asset.createdAt} />} />
          </>
        )}
      </dl>
      {!asset && job && <p className="none">Nothing of it is playable yet.</p>}
      {asset?.endpoints.map((endpoint) => (
        <Endpoint key={endpoint.configurationId} endpoint={endpoint} />
      ))}
    </>
  );
}

function Endpoint({ endpoint }: { readonly endpoint: Asset['endpoints'][number] }) {
  const [playing, setPlaying] = useState<string>();
  const { configurationId, playbackUrls, keys, objects, bytes, durationMs, publishedAt } = endpoint;
  return (
    <section className="card" aria-labelledby={`endpoint-${configurationId}`} data-endpoint={configurationId}>
      <h2 id={`endpoint-${configurationId}`}>{configurationId}</h2>
      <dl className="facts">
        <Fact name="Duration" value={formatDuration(durationMs)} />
        <Fact name="Size" value={`${formatBytes(bytes)} in ${objects} objects`} />
        <Fact name="Published" value={<Time at={publishedAt} />} />
      </dl>
      <ul className="rows">
        {playbackUrls.map((url, index) => (
          <li key={url}>
            <button
              type="button"
              aria-pressed={playing === url}
              onClick={() => setPlaying(playing === url ? undefined : url)}
            >
              {playing === url ? 'Stop' : 'Play'}
              <span className="unseen"> {keys[index]}</span>
            </button>
            <a href={ownAddress(url)}>{keys[index]}</a>
            <CopyButton text={url} what={keys[index] ?? ''} />
          </li>
        ))}
      </ul>
      {playing !== undefined && <Player key={playing} manifest={ownAddress(playing)} name={configurationId} />}
    </section>
  );
}

/** The same address under the name that this page was reached by: its policy lets it ask nobody else. */
function ownAddress(url: string): string {
  return url.replace(/^.*?\/out\/v1\//, 'out/v1/');
}
