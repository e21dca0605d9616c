import { expect, it } from 'vitest';
import { cdnGate } from './cdn-gate.js';

it('the identifier that was read lets in while Secrets Manager is away, for ten minutes and asked for once a minute', async () => {
  let [clock, reads, away] = [0, 0, false];
  const gate = cdnGate({
    secretOf: () => Promise.resolve('arn:secret'),
    readSecret: () => {
      reads++;
      if (away) return Promise.reject(new Error('away'));
      return Promise.resolve('{"MediaPackageCDNIdentifier":"identifier-1"}');
    },
    now: () => clock,
  });
  expect(await gate.passes('a', 'identifier-1')).toBe(true);
  [clock, away] = [61_000, true];
  for (let n = 0; n < 5; n++) expect(await gate.passes('a', 'identifier-1')).toBe(true);
  expect(await gate.passes('a', 'identifier-2')).toBe(false);
  expect(reads).toBe(2);
  clock = 600_000;
  await expect(gate.passes('a', 'identifier-1')).rejects.toThrow('away');
  away = false;
  expect(await gate.passes('a', 'identifier-1')).toBe(true);
});
