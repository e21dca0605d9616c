import { createContext, useContext } from 'react';
import type { Session } from '../src/api/contract';

/** What whoever is signed in may do; the server says so, this only hides buttons that it would refuse. */
export const Role = createContext<NonNullable<Session['role']>>('viewer');

const order = ['viewer', 'operator', 'admin'] as const;

/** Who does less than the role sees no buttons of it. */
export function useMay(least: 'operator' | 'admin'): boolean {
  return order.indexOf(useContext(Role)) >= order.indexOf(least);
}
