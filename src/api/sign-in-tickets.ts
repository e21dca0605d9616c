import { randomBytes } from 'node:crypto';
import { storedToken, type StoredToken } from '../domain/api-token.js';

/** One-time secrets that sign in to the dashboard, so that a link can: used once, short-lived, and gone with the process. */
export interface SignInTickets {
  issue(token: StoredToken): string;
  /** The token that the ticket was issued for; undefined when it was used, is too old, or was never issued. */
  redeem(ticket: string): StoredToken | undefined;
}

/** milliseconds that a ticket is good for */
const ticketLifetime = 60 * 60_000;
/** Tickets that wait at a time; the oldest makes room. */
const ticketLimit = 100;

export function signInTickets(now: () => number = Date.now): SignInTickets {
  const waiting = new Map<string, { token: StoredToken; expiresAt: number }>();
  return {
    issue(token) {
      const ticket = randomBytes(32).toString('base64url');
      const [oldest] = waiting.keys();
      if (waiting.size >= ticketLimit && oldest !== undefined) waiting.delete(oldest);
      // By digest: how long the look takes says nothing about a ticket.
      waiting.set(storedToken('', ticket).digest, { token, expiresAt: now() + ticketLifetime });
      return ticket;
    },
    redeem(ticket) {
      const { digest } = storedToken('', ticket);
      const found = waiting.get(digest);
      waiting.delete(digest);
      return found && found.expiresAt > now() ? found.token : undefined;
    },
  };
}
