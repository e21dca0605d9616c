import { useEffect, useState, type ReactNode } from 'react';

/** Where the dashboard is: `#/jobs/asset%3Alecture?status=failed`. Addresses live behind the `#`, so that any proxy path works. */
export interface Place {
  /** decoded: `['jobs', 'asset:lecture']` */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

function placeNow(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  return { parts: parts.map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const look = () => setPlace(placeNow());
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return place;
}

/** `linkTo('jobs', id)`: each part is encoded. */
export function linkTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

export function go(...parts: readonly string[]): void {
  location.hash = linkTo(...parts);
}

/** Changes the query of the present place; no step back for each letter that is typed. */
export function setQuery(changes: Record<string, string | undefined>): void {
  const { parts, query } = placeNow();
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, '', `${linkTo(...parts)}${text && `?${text}`}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function Link({ to, children }: { readonly to: readonly string[]; readonly children: ReactNode }) {
  return <a href={linkTo(...to)}>{children}</a>;
}
