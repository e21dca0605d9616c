import { createContext, useContext } from 'react';
import type { Session } from '../src/api/contract';

/** What whoever is signed in may do; the server says so, this only hides buttons that it would refuse. */
export const Role = createContext<NonNullable<Session['role']>>('viewer');

export function useMayAct(): boolean {
  return useContext(Role) !== 'viewer';
}
