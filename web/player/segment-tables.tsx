import { formatBytes, formatNumber } from '../format';
import type { SegmentList } from './segments';

const names = { video: 'Video', audio: 'Audio', 'video and audio': 'Video and audio' } as const;

/** The segments around the place that is played: when they are, how large they were, and how fast they came. */
export function SegmentTables({ lists, of }: { readonly lists: readonly SegmentList[]; readonly of: string }) {
  if (lists.length === 0) return null;
  return (
    <details className="segments">
      <summary>Segments: {lists.map(({ kind, count }) => `${formatNumber(count)} of ${kind}`).join(', ')}</summary>
      {lists.map(({ kind, rows }) => (
        <div key={kind} className="scroll" tabIndex={0} role="region" aria-label={`Segments of ${kind} of ${of}`}>
          <table>
            <caption>{names[kind]}, around what is played</caption>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">From</th>
                <th scope="col">Length</th>
                <th scope="col">Size</th>
                <th scope="col">Bit rate</th>
                <th scope="col">Came in</th>
                <th scope="col">File</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ number, start, duration, name, isPlaying, loaded }) => (
                <tr key={number} aria-current={isPlaying || undefined}>
                  <th scope="row">{number}</th>
                  <td>{formatNumber(start)} s</td>
                  <td>{formatNumber(duration)} s</td>
                  <td>{loaded ? formatBytes(loaded.bytes) : '–'}</td>
                  <td>{loaded && duration > 0 ? `${Math.round((loaded.bytes * 8) / duration / 1000)} kbit/s` : '–'}</td>
                  <td>{loaded ? `${Math.round(loaded.ms)} ms` : '–'}</td>
                  <td>{name}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </details>
  );
}
