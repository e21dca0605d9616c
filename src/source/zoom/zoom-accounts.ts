import { Failure } from '../../domain/failure.js';
import type { Recording } from '../../domain/recording.js';
import type { AccessTokens } from './access-token.js';
import type { FoundRecording, ZoomClient } from './zoom-client.js';

/** One account of Zoom, with the rate limit and the tokens of its own. */
export interface ZoomAccount {
  /** undefined where it is not known: behind a gateway, and of an app that a person has authorised */
  readonly accountId: string | undefined;
  readonly client: ZoomClient;
  /** Absent behind a gateway. */
  readonly tokens: AccessTokens | undefined;
}

/** Recordings of which it is remembered whose they are. */
const mostRemembered = 5000;

/**
 * Several accounts as one. A recording is asked for where it was found before, then in the account that is named, then in the others; one account that
 * does not answer hides nothing of the others.
 */
export function zoomAccounts(accounts: readonly ZoomAccount[]): ZoomClient {
  const owners = new Map<string, ZoomAccount>();

  function remember(uuid: string, account: ZoomAccount): void {
    owners.delete(uuid);
    owners.set(uuid, account);
    for (const oldest of owners.keys()) {
      if (owners.size <= mostRemembered) break;
      owners.delete(oldest);
    }
  }

  function inOrder(uuid: string, accountId: string | undefined): ZoomAccount[] {
    const rank = (account: ZoomAccount): number =>
      account === owners.get(uuid) ? 0 : account.accountId === accountId ? 1 : 2;
    return [...accounts].sort((a, b) => rank(a) - rank(b));
  }

  /** @throws Failure recording_not_found when no account has it; else the first other failure: whose it is, is not known then */
  async function first<T>(order: readonly ZoomAccount[], ask: (account: ZoomAccount) => Promise<T>): Promise<T> {
    let failed: Failure | undefined;
    for (const account of order) {
      try {
        return await ask(account);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (!failed || failed.code === 'recording_not_found') failed = error;
      }
    }
    throw failed ?? new Failure('invalid_settings', 'No Zoom account is set up.');
  }

  return {
    recording: (uuid, options) =>
      first(inOrder(uuid, options?.hint?.accountId), async (account) => {
        const found = await account.client.recording(uuid, options);
        remember(found.recording.uuid, account);
        return withOwn(found, account);
      }),

    trash: (uuid, signal) => first(inOrder(uuid, undefined), ({ client }) => client.trash(uuid, signal)),

    async *recordings(range, signal) {
      let failed: Failure | undefined;
      for (const account of accounts) {
        try {
          for await (const recording of account.client.recordings(range, signal)) {
            remember(recording.uuid, account);
            yield ofAccount(recording, account);
          }
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failed ??= error;
        }
      }
      if (failed) throw failed;
    },
  };
}

/** What opens a file of it is the token of its own account. */
async function withOwn(found: FoundRecording, account: ZoomAccount): Promise<FoundRecording> {
  const downloadToken = found.downloadToken ?? (await account.tokens?.get());
  return { recording: ofAccount(found.recording, account), ...(downloadToken !== undefined && { downloadToken }) };
}

/** Zoom's lists do not say whose they are. */
function ofAccount(recording: Recording, { accountId }: ZoomAccount): Recording {
  return recording.accountId === '' && accountId !== undefined ? { ...recording, accountId } : recording;
}
