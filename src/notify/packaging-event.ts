import { createHash } from 'node:crypto';
import type { Notice } from './notice.js';

/**
 * What MediaPackage VOD tells EventBridge of an asset, in its shape ("MediaPackage Input Notification"): one event for each endpoint that
 * became playable or failed. `source` is ours: only AWS services may say `aws.mediapackage`.
 */
export interface PackagingEvent {
  readonly version: '0';
  /** The same event sent again has the same id. */
  readonly id: string;
  readonly 'detail-type': 'MediaPackage Input Notification';
  readonly source: 'reelway.mediapackage-vod';
  readonly account: string;
  /** ISO 8601, UTC */
  readonly time: string;
  readonly region: string;
  /** the ARN of the asset */
  readonly resources: readonly string[];
  readonly detail: PackagingEventDetail;
}

interface PackagingEventDetail {
  readonly event: 'VodAssetPlayable' | 'IngestError';
  readonly message: string;
  readonly packaging_configuration_id: string;
  readonly manifest_urls?: readonly string[];
  /** code of the table of failures */
  readonly error_code?: string;
}

const account = '000000000000';
const region = 'local';

/** @param now milliseconds since 1970; @returns none for notices that are not about the end of an asset or endpoint */
export function eventsOf({ id, data, ended = data }: Notice, now: number): PackagingEvent[] {
  const playable = (ended.downloadedAssets ?? []).map(
    ({ packagingConfiguration, message, playbackUrls }): PackagingEventDetail => ({
      event: 'VodAssetPlayable',
      message: `Asset '${data.Id}' is playable: ${message}`,
      packaging_configuration_id: packagingConfiguration,
      manifest_urls: playbackUrls,
    }),
  );
  const failed = (ended.failedEndpoints ?? []).map(({ configurationId, code, message }): PackagingEventDetail => ({
    event: 'IngestError',
    message,
    packaging_configuration_id: configurationId,
    error_code: code,
  }));
  return [...playable, ...failed].map((detail) => ({
    version: '0',
    id: uuidOf(`${id} ${detail.packaging_configuration_id}`),
    'detail-type': 'MediaPackage Input Notification',
    source: 'reelway.mediapackage-vod',
    account,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:mediapackage-vod:${region}:${account}:assets/${data.Id}`],
    detail,
  }));
}

/** A UUID of version 8 (RFC 9562): whose digits are ours to choose. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
