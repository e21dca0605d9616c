import type { AssetRequest } from '../domain/asset.js';
import { shownSource } from '../domain/shown-source.js';
import { failureTable, type Failure, type FailureCode } from '../domain/failure.js';
import {
  createAssetRequest,
  downloadedAsset,
  stateError,
  type CreateAssetRequest,
  type DownloadedAsset,
  type ProgressUpdate,
  type SkippedAsset,
  type StateError,
  type ToldEndpoint,
} from './predecessor-data.js';

/**
 * What somebody is told, with all of its wording. What `data` shares with predecessor-data is what subscribers of packaged-vod-downloader
 * read; the other fields are ours. Never holds a secret.
 */
export interface Notice {
  /** The same notice sent again has the same id. */
  readonly id: string;
  readonly subject: string;
  /** plain text for people */
  readonly text: string;
  readonly data: NoticeData;
  /** Endpoints whose end it is the first to tell, which is what events are made of; absent: those in `data`. */
  readonly ended?: Pick<NoticeData, 'downloadedAssets' | 'failedEndpoints'>;
}

interface NoticeData {
  readonly Type: 'NOTIFICATION' | 'ERROR';
  readonly Message: string;
  readonly Id: string;
  readonly downloadedAssets?: readonly NoticeEndpoint[];
  readonly failedEndpoints?: readonly EndpointFailure[];
  readonly createAssetRequest?: CreateAssetRequest;
  readonly CreateAssetError?: StateError;
  readonly EgressEndpoint?: readonly ToldEndpoint[];
  readonly EgressEndpointPackagingConfigurationId?: string;
  readonly ProgressUpdate?: ProgressUpdate;
  readonly Asset?: DownloadedAsset;
  readonly skipped?: { readonly asset: SkippedAsset };
  readonly DebugInfo?: object;
  readonly recording?: NoticeRecording;
}

/** Of a notice about a recording. */
export interface NoticeRecording {
  readonly uuid: string;
  readonly meetingId: string;
  readonly topic: string;
  /** ISO 8601, UTC */
  readonly startTime: string;
  readonly seriesId?: string;
  readonly eventId?: string;
  readonly code?: FailureCode;
}

type NoticeEndpoint = ((DownloadedAsset & { readonly status: 'COMPLETE' | 'REPAIRED' }) | SkippedAsset) & {
  readonly message: string;
  /** entry manifests: object locations, e.g. `s3://bucket/path/index.m3u8` */
  readonly manifests: readonly string[];
  readonly playbackUrls: readonly string[];
};

/** How one endpoint of an asset ended well. */
export interface EndpointSuccess {
  readonly configurationId: string;
  readonly status: 'complete' | 'skipped' | 'repaired';
  readonly objects: number;
  readonly bytes: number;
  readonly locations: readonly string[];
  readonly playbackUrls: readonly string[];
  /** Sentences: what of the source is left out, and what is added to it. */
  readonly notes?: readonly string[];
}

export interface EndpointFailure {
  readonly configurationId: string;
  readonly code: FailureCode;
  readonly message: string;
}

export interface AssetOutcome {
  readonly request: AssetRequest;
  /** Names the run of this asset's job, so that a later run is another notice. */
  readonly run: string;
  readonly succeeded: readonly EndpointSuccess[];
  readonly failed: readonly EndpointFailure[];
  /** Configurations whose endpoints were told of as they ended. */
  readonly toldAlready?: readonly string[];
  /** Why MediaPackage does not take it; then there are no endpoints. */
  readonly refused?: Failure;
}

/** The one notice at the end of an asset: what is there now, what failed and what to do about it. */
export function noticeOfAsset(outcome: AssetOutcome): Notice {
  const { request, succeeded, failed, refused, toldAlready = [] } = outcome;
  const untold = ({ configurationId }: { configurationId: string }) => !toldAlready.includes(configurationId);
  const total = succeeded.length + failed.length;
  const subject =
    failed.length === 0
      ? `Asset ${request.id} is ready: ${total} of ${total} endpoints`
      : `Asset ${request.id} failed: ${failed.length} of ${total} endpoints`;
  return {
    id: `asset:${request.id}#${outcome.run}`,
    subject,
    text: [
      subject,
      '',
      `Source: ${shownSource(request.source)}`,
      ...succeeded.map(successLine),
      ...failed.flatMap(failureLines),
    ].join('\n'),
    data: {
      Type: failed.length === 0 ? 'NOTIFICATION' : 'ERROR',
      Message: subject,
      Id: request.id,
      ...(succeeded.length > 0 && { downloadedAssets: succeeded.map(noticeEndpoint) }),
      ...(failed.length > 0 && { failedEndpoints: failed }),
      ...(refused && {
        createAssetRequest: createAssetRequest(request),
        CreateAssetError: stateError(refused),
      }),
    },
    ...(toldAlready.length > 0 && {
      ended: { downloadedAssets: succeeded.filter(untold).map(noticeEndpoint), failedEndpoints: failed.filter(untold) },
    }),
  };
}

const statusWords = {
  complete: 'packaged and verified',
  skipped: 'already complete, verified again',
  repaired: 'damaged or missing objects made again, verified',
} as const;

function successLine(endpoint: EndpointSuccess): string {
  const size = `${endpoint.objects} objects, ${(endpoint.bytes / 1e6).toFixed(1)} MB`;
  return [
    `- ${endpoint.configurationId}: ${statusWords[endpoint.status]} (${size})`,
    ...endpoint.locations,
    ...endpoint.playbackUrls,
  ].join('\n    ');
}

export function failureLines(endpoint: EndpointFailure): string[] {
  return [
    `- ${endpoint.configurationId}: ${failureTable[endpoint.code].title} [${endpoint.code}]: ${endpoint.message}`,
    `    ${failureTable[endpoint.code].help}`,
  ];
}

export function noticeEndpoint(endpoint: EndpointSuccess): NoticeEndpoint {
  const { configurationId, status, locations: manifests, playbackUrls } = endpoint;
  const ours = { message: statusWords[status], manifests, playbackUrls };
  if (status === 'skipped') return { packagingConfiguration: configurationId, status: 'SKIPPED', ...ours };
  return {
    ...downloadedAsset(configurationId, manifests[0] ?? ''),
    status: status === 'complete' ? 'COMPLETE' : 'REPAIRED',
    ...ours,
  };
}
