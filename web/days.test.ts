import { describe, expect, it, onTestFinished } from 'vitest';
import { setEnvironment } from '../test/support/set-environment';
import { beginOfDay } from './days';

const inZone = (zone: string) => onTestFinished(setEnvironment({ TZ: zone }));

describe('a day of the reader', () => {
  it('begins and ends by the clock of where the reader is', () => {
    inZone('America/New_York');
    expect([beginOfDay('2026-11-20'), beginOfDay('2026-11-20', 1)]).toEqual([
      '2026-11-20T05:00:00.000Z',
      '2026-11-21T05:00:00.000Z',
    ]);
  });

  it('has 23 or 25 hours when the clock changes', () => {
    inZone('Europe/Zurich');
    expect([beginOfDay('2026-10-25'), beginOfDay('2026-10-25', 1)]).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('is none while a date is half written', () => {
    expect([beginOfDay(''), beginOfDay('2026-11'), beginOfDay('tomorrow')]).toEqual(Array(3).fill(undefined));
  });
});
