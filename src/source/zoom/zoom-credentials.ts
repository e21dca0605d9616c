/** How we show Zoom who we are. */
export type ZoomCredentials =
  /** An app of the account's own: tokens for the asking. */
  | {
      readonly kind: 'server-to-server';
      readonly accountId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  /** An app that a person has authorised: each refresh token gives one access token and the next refresh token. */
  | {
      readonly kind: 'general';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshTokenFile: string;
    }
  /** A gateway that adds its own token. */
  | { readonly kind: 'apigee'; readonly key: string };

/** The part of the settings that credentials are made of. */
export interface CredentialSettings {
  readonly ZOOM_ACCOUNT_ID?: string | undefined;
  readonly ZOOM_CLIENT_ID?: string | undefined;
  readonly ZOOM_CLIENT_SECRET?: string | undefined;
  readonly ZOOM_REFRESH_TOKEN_FILE?: string | undefined;
  readonly APIGEE_KEY?: string | undefined;
}

/** The credentials that were set; a gateway comes first, as in zoom-recording-ingester. undefined when there are none, or only a part. */
export function zoomCredentials(given: CredentialSettings): ZoomCredentials | undefined {
  if (given.APIGEE_KEY !== undefined) return { kind: 'apigee', key: given.APIGEE_KEY };
  const { ZOOM_CLIENT_ID: clientId, ZOOM_CLIENT_SECRET: clientSecret } = given;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  if (given.ZOOM_REFRESH_TOKEN_FILE !== undefined)
    return { kind: 'general', clientId, clientSecret, refreshTokenFile: given.ZOOM_REFRESH_TOKEN_FILE };
  if (given.ZOOM_ACCOUNT_ID === undefined) return undefined;
  return { kind: 'server-to-server', accountId: given.ZOOM_ACCOUNT_ID, clientId, clientSecret };
}

/** Those of every account: the one of the single settings first. */
export function allZoomCredentials(
  given: CredentialSettings & { readonly ZOOM_ACCOUNTS: readonly Omit<ServerCredentials, 'kind'>[] },
): ZoomCredentials[] {
  const single = zoomCredentials(given);
  const further = given.ZOOM_ACCOUNTS.map((account) => ({ kind: 'server-to-server' as const, ...account }));
  return single ? [single, ...further] : further;
}

type ServerCredentials = Extract<ZoomCredentials, { kind: 'server-to-server' }>;

/** What is missing, for people; undefined when nothing was set, or all that is needed. */
export function credentialProblem(
  given: CredentialSettings & { readonly ZOOM_ACCOUNTS?: readonly { readonly accountId: string }[] },
): string | undefined {
  const twice = given.ZOOM_ACCOUNTS?.some(({ accountId }) => accountId === given.ZOOM_ACCOUNT_ID);
  if (twice) return 'ZOOM_ACCOUNTS: the account of ZOOM_ACCOUNT_ID must not be in it once more';
  const some = [given.ZOOM_ACCOUNT_ID, given.ZOOM_CLIENT_ID, given.ZOOM_CLIENT_SECRET, given.ZOOM_REFRESH_TOKEN_FILE];
  if (zoomCredentials(given) || some.every((value) => value === undefined)) return undefined;
  return 'ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET and one of ZOOM_ACCOUNT_ID and ZOOM_REFRESH_TOKEN_FILE are needed together';
}
