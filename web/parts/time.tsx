import { formatDuration, formatTime } from '../format';
import { useNow } from '../use-now';

/** A time in the zone of whoever looks; UTC when pointed at. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at}>
      {formatTime(at)}
    </time>
  );
}

/** How long ago, counting on. */
export function Since({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatDuration(Math.max(0, now - Date.parse(at)))}
    </time>
  );
}

/** From begin to end, or to now. */
export function Lasted({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  if (from === null) return <>–</>;
  if (to === null) return <Since at={from} />;
  return <>{formatDuration(Date.parse(to) - Date.parse(from))}</>;
}
