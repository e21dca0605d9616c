import { expect, it } from 'vitest';
import { storedToken } from '../domain/api-token.js';
import { signInTickets } from './sign-in-tickets.js';

const token = storedToken('tests', 'a-secret-of-the-tests');

it('a ticket is good once, and for an hour', () => {
  let now = 0;
  const tickets = signInTickets(() => now);
  const [first, second] = [tickets.issue(token), tickets.issue(token)];
  expect(first).not.toBe(second);
  expect(tickets.redeem(first)).toBe(token);
  expect(tickets.redeem(first)).toBeUndefined();
  now = 3_600_000;
  expect(tickets.redeem(second)).toBeUndefined();
});

it('only so many tickets wait; the oldest makes room', () => {
  const tickets = signInTickets();
  const issued = Array.from({ length: 101 }, () => tickets.issue(token));
  expect(tickets.redeem(issued[0]!)).toBeUndefined();
  expect(tickets.redeem(issued[1]!)).toBe(token);
  expect(tickets.redeem(issued[100]!)).toBe(token);
});
