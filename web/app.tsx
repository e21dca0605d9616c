import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Session } from '../src/api/contract';
import { get, send, toProblem, whenSignedOut } from './api';
import { timeZone } from './format';
import { AssetPage } from './pages/asset';
import { AssetsPage } from './pages/assets';
import { GroupPage } from './pages/group';
import { GroupsPage } from './pages/groups';
import { HealthPage } from './pages/health';
import { JobPage } from './pages/job';
import { JobsPage } from './pages/jobs';
import { NewAssetPage } from './pages/new-asset';
import { NowPage } from './pages/now';
import { SignInPage } from './pages/sign-in';
import { IngestPage } from './pages/ingest';
import { RecordingPage } from './pages/recording';
import { RecordingsPage } from './pages/recordings';
import { ScheduleImportPage } from './pages/schedule-import';
import { SchedulePage } from './pages/schedule';
import { Role } from './role';
import { Link, usePlace, type Place } from './router';

type SignedIn =
  { readonly state: 'asking' } | { readonly state: 'out' } | { readonly state: 'in'; readonly session: Session };

/** The whole dashboard: who is signed in, and the page of the present place. */
export function App() {
  const [signedIn, setSignedIn] = useState<SignedIn>({ state: 'asking' });
  const place = usePlace();
  const [oidc, setOidc] = useState(false);
  const asked = place.parts[0] === 'sign-in' ? place.query : new URLSearchParams();
  const ticket = asked.get('ticket');

  useEffect(() => {
    whenSignedOut(() => setSignedIn({ state: 'out' }));
    get<Session>('api/session').then(
      (session) => {
        setOidc(session.oidc);
        setSignedIn(session.name === null ? { state: 'out' } : { state: 'in', session });
      },
      () => setSignedIn({ state: 'out' }),
    );
  }, []);

  if (signedIn.state === 'asking') return <p className="wait">Reelway …</p>;
  if (signedIn.state === 'out' || ticket !== null)
    return (
      <SignInPage
        {...{ ticket, oidc, refused: asked.get('problem') }}
        onSignedIn={(session) => setSignedIn({ state: 'in', session })}
      />
    );
  // The pages go first: what they ask for would be refused without a session.
  const signOut = () => {
    setSignedIn({ state: 'asking' });
    send('DELETE', 'api/session').then(
      () => setSignedIn({ state: 'out' }),
      (error: unknown) => {
        setSignedIn(signedIn);
        alert(toProblem(error).detail);
      },
    );
  };
  return (
    <Role value={signedIn.session.role ?? 'viewer'}>
      <Layout place={place} session={signedIn.session} onSignOut={signOut}>
        <Page place={place} />
      </Layout>
    </Role>
  );
}

const sections = [
  { part: '', name: 'Now' },
  { part: 'recordings', name: 'Recordings' },
  { part: 'schedule', name: 'Schedule' },
  { part: 'assets', name: 'Assets' },
  { part: 'jobs', name: 'Jobs' },
  { part: 'health', name: 'Health' },
] as const;

function Page({ place: { parts } }: { readonly place: Place }) {
  const [section, id] = parts;
  switch (section) {
    case undefined:
    case 'sign-in':
      return <NowPage />;
    case 'assets':
      if (id === undefined) return <AssetsPage />;
      return id === 'new' && parts.length === 2 ? (
        <NewAssetPage />
      ) : (
        <AssetPage key={parts[2] ?? id} id={parts[2] ?? id} />
      );
    case 'groups':
      return id === undefined ? <GroupsPage /> : <GroupPage key={id} id={id === 'new' ? undefined : id} />;
    case 'jobs':
      return id === undefined ? <JobsPage /> : <JobPage key={id} id={id} />;
    case 'recordings':
      if (id === undefined) return <RecordingsPage />;
      return id === 'of' && parts[2] !== undefined ? <RecordingPage key={parts[2]} uuid={parts[2]} /> : <IngestPage />;
    case 'schedule':
      return id === 'import' ? <ScheduleImportPage /> : <SchedulePage />;
    case 'health':
      return <HealthPage />;
    default:
      return <h1>There is no page “{parts.join('/')}”</h1>;
  }
}

interface LayoutProps {
  readonly place: Place;
  readonly session: Session;
  readonly onSignOut: () => void;
  readonly children: ReactNode;
}

function Layout({ place, session: { name, role }, onSignOut, children }: LayoutProps) {
  const main = useRef<HTMLElement>(null);
  const strip = useRef<HTMLElement>(null);
  const at = place.parts.join('/');
  const shown = useRef(at);
  useEffect(() => {
    const heading = main.current?.querySelector('h1');
    document.title = `${heading?.textContent ?? 'Reelway'} · Reelway`;
    // Whoever cannot see that the page changed hears it: the new page's heading takes the focus.
    if (shown.current !== at && heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = at;
    // On a phone the sections are a strip that is wider than the screen.
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);

  const section = place.parts[0] === 'groups' ? 'assets' : (place.parts[0] ?? '');
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => skipTo(event, main.current)}>
        To the content
      </a>
      <header>
        <a className="brand" href="#/">
          Reelway
        </a>
        <nav aria-label="Sections" ref={strip}>
          <ul>
            {sections.map(({ part, name }) => (
              <li key={part}>
                <a href={`#/${part}`} aria-current={part === section ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <button
          type="button"
          className="quiet"
          onClick={onSignOut}
          title={`Signed in with the token “${name}” (${role})`}
        >
          Sign out
        </button>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer>
        <span>Times are of {timeZone}.</span> <a href="api/docs/">The API</a> <Link to={['health']}>Health</Link>
      </footer>
    </>
  );
}

/** The place behind the `#` stays as it is; only the focus moves. */
function skipTo(event: { preventDefault: () => void }, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}
