import type { AssetRequest } from '../domain/asset.js';
import type { Failure } from '../domain/failure.js';
import { failureLines, noticeEndpoint, type EndpointSuccess, type Notice } from './notice.js';
import { createAssetRequest, downloadedAsset, progressOf, type ToldEndpoint } from './predecessor-data.js';

/** What packaged-vod-downloader told of each endpoint, in the shapes that its subscribers read. */

interface Harvest {
  readonly request: AssetRequest;
  readonly configurationId: string;
  /** Names the run, so that a later one is another notice. */
  readonly run: string;
}

/** As the packaging service described it. */
interface DescribedEndpoint {
  /** of the entry manifest */
  readonly url: string;
  readonly status: string | undefined;
}

/** The endpoint is playable at the packaging service, and its harvest begins. */
export function noticeOfHarvestStart(harvest: Harvest & { readonly endpoint: DescribedEndpoint }): Notice {
  const { request, configurationId, endpoint } = harvest;
  const subject = `Asset ${request.id}: harvest of ${configurationId} begins`;
  return {
    id: idOf('harvest-start', harvest),
    subject,
    text: `${subject}\n\n${endpoint.url}`,
    data: {
      Type: 'NOTIFICATION',
      Message: 'Initiating download of egress endpoint',
      Id: request.id,
      EgressEndpoint: [told(configurationId, endpoint)],
    },
  };
}

/** All of the endpoint is in place; or it was, and was verified again (`skipped`). */
export function noticeOfHarvestEnd(harvest: Omit<Harvest, 'configurationId'> & { endpoint: EndpointSuccess }): Notice {
  const { request, run, endpoint } = harvest;
  const { configurationId, status, objects, locations } = endpoint;
  const common = {
    id: idOf('harvest-end', { request, configurationId, run }),
    ended: { downloadedAssets: [noticeEndpoint(endpoint)] },
  };
  const [location = ''] = locations;
  if (status === 'skipped') {
    const message = `Asset ${request.id}: ${configurationId} is complete already`;
    return {
      ...common,
      subject: message,
      text: `${message}\n\n${location}`,
      data: {
        Type: 'NOTIFICATION',
        Message: message,
        Id: request.id,
        createAssetRequest: createAssetRequest(request),
        EgressEndpointPackagingConfigurationId: configurationId,
        skipped: { asset: { packagingConfiguration: configurationId, status: 'SKIPPED', message } },
      },
    };
  }
  const subject = `Asset ${request.id}: ${configurationId} is complete`;
  return {
    ...common,
    subject,
    text: `${subject}: ${objects} objects\n\n${location}`,
    data: {
      Type: 'NOTIFICATION',
      Message: 'Download Complete',
      Id: request.id,
      ProgressUpdate: progressOf(objects),
      Asset: downloadedAsset(configurationId, location),
    },
  };
}

/**
 * The endpoint was not made or not harvested, which is told at once: others of its asset may take half a day. The notice at the asset's end
 * names it once more.
 */
export function noticeOfHarvestFailure(
  harvest: Harvest & { readonly endpoint: DescribedEndpoint | undefined; readonly failure: Failure },
): Notice {
  const { request, configurationId, endpoint, failure } = harvest;
  const { code, message } = failure;
  const failed = { configurationId, code, message };
  const subject = `Asset ${request.id}: harvest of ${configurationId} failed`;
  return {
    id: idOf('harvest-failed', harvest),
    subject,
    text: [subject, '', ...failureLines(failed)].join('\n'),
    data: {
      Type: 'ERROR',
      Message: 'Failed to download asset from endpoint',
      Id: request.id,
      EgressEndpoint: [told(configurationId, endpoint)],
      // All of the state there, with the CDN secret in it.
      DebugInfo: {
        createAssetRequest: createAssetRequest(request),
        EgressEndpointPackagingConfigurationId: configurationId,
        failure: { code, message },
      },
    },
    ended: { failedEndpoints: [failed] },
  };
}

function told(configurationId: string, endpoint?: DescribedEndpoint): ToldEndpoint {
  // An old asset without a status is taken for playable.
  const status = endpoint ? (endpoint.status ?? 'PLAYABLE') : 'UNKNOWN';
  return { PackagingConfigurationId: configurationId, Status: status, Url: endpoint?.url ?? '' };
}

function idOf(kind: string, { request, configurationId, run }: Harvest): string {
  return `${kind}:${request.id}:${configurationId}#${run}`;
}
