import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { eventLedger } from './event-ledger.js';

const event = { mediaPackageId: 'a', uuid: 'u', trackingId: 't', prefix: 'recordings/u' };

describe.runIf(requires('postgres'))('the ledger on a PostgreSQL server', () => {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await serverDatabase();
  });
  afterEach(() => opened.remove());

  it.each([-3_600_000, 3_600_000])(
    'says how long ago a start was asked for by a process whose clock is %d ms off',
    async (off) => {
      const ledger = eventLedger(opened.database.tables);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off });
      onTestFinished(() => void vi.useRealTimers());
      await ledger.posting(event);
      vi.useRealTimers();
      const ago = (await ledger.find('a'))?.postedMsAgo;
      expect(ago).toBeGreaterThanOrEqual(0);
      expect(ago).toBeLessThan(60_000);
      await ledger.refused('a');
      expect((await ledger.find('a'))?.postedMsAgo).toBeUndefined();
    },
  );
});
