import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import type { Session } from '../../src/api/contract';
import { send } from '../api';
import { ProblemView } from '../parts/problem-view';
import { useAction } from '../use-resource';

export interface SignInProps {
  /** of a one-time link */
  readonly ticket: string | null;
  /** People may sign in by OpenID Connect, too. */
  readonly oidc: boolean;
  /** Why that did not succeed. */
  readonly refused: string | null;
  readonly onSignedIn: (session: Session) => void;
}

/** A token for a cookie; or the ticket of a link, which is taken out of the address at once. */
export function SignInPage({ ticket, oidc, refused, onSignedIn }: SignInProps) {
  const [token, setToken] = useState('');
  const field = useId();
  const redeemed = useRef<string>(undefined);

  const signIn = async (credentials: { token: string } | { ticket: string }) => {
    const session = await send<Session>('POST', 'api/session', credentials);
    setToken('');
    if (session.name !== null) onSignedIn(session);
  };
  const byToken = useAction(() => signIn({ token }));
  const byTicket = useAction(async () => {
    const { current } = redeemed;
    if (current !== undefined) await signIn({ ticket: current });
  });

  const redeem = byTicket.run;
  useEffect(() => {
    document.title = 'Sign in · Reelway';
    if (ticket === null || redeemed.current === ticket) return;
    redeemed.current = ticket;
    history.replaceState(null, '', '#/');
    dispatchEvent(new HashChangeEvent('hashchange'));
    redeem();
  }, [ticket, redeem]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    byToken.run();
  };
  return (
    <main className="sign-in">
      <h1>Reelway</h1>
      {oidc && (
        <p>
          <a className="button main" href="api/session/oidc">
            Sign in with your account
          </a>
        </p>
      )}
      {refused !== null && <p role="alert">{refused}</p>}
      <form onSubmit={submit}>
        <label htmlFor={field}>API token</label>
        <input
          id={field}
          type="password"
          autoComplete="current-password"
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <button type="submit" className="main" disabled={byToken.busy || byTicket.busy}>
          Sign in
        </button>
      </form>
      <ProblemView problem={byToken.problem ?? byTicket.problem} />
      <p className="hint">
        A secret of <code>REELWAY_API_TOKENS</code>, or the token that the first start of the server printed.
      </p>
    </main>
  );
}
