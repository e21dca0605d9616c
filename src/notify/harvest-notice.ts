import { failureLines, noticeEndpoint, type EndpointFailure, type EndpointSuccess, type Notice } from './notice.js';

/** What packaged-vod-downloader told of each endpoint, in the shapes that its subscribers read. */

export interface HarvestStart {
  readonly assetId: string;
  readonly configurationId: string;
  /** of the entry manifest */
  readonly url: string;
  readonly status: string | undefined;
  /** Names the run, so that a later one is another notice. */
  readonly run: string;
}

/** The endpoint is playable at the packaging service, and its harvest begins. */
export function noticeOfHarvestStart({ assetId, configurationId, url, status, run }: HarvestStart): Notice {
  const subject = `Asset ${assetId}: harvest of ${configurationId} begins`;
  return {
    id: `harvest-start:${assetId}:${configurationId}#${run}`,
    subject,
    text: `${subject}\n\n${url}`,
    data: {
      Type: 'NOTIFICATION',
      Message: 'Initiating download',
      Id: assetId,
      EgressEndpoint: [{ PackagingConfigurationId: configurationId, Status: status ?? 'PLAYABLE', Url: url }],
    },
  };
}

export interface HarvestEnd {
  readonly assetId: string;
  readonly run: string;
  readonly endpoint: EndpointSuccess;
}

/** All of the endpoint is in place; or it was, and was verified again (`skipped`). */
export function noticeOfHarvestEnd({ assetId, run, endpoint }: HarvestEnd): Notice {
  const { configurationId, status, objects, locations } = endpoint;
  const [location = ''] = locations;
  const common = {
    id: `harvest-end:${assetId}:${configurationId}#${run}`,
    ended: { downloadedAssets: [noticeEndpoint(endpoint)] },
  };
  if (status === 'skipped') {
    const message = `Asset ${assetId}: ${configurationId} is complete already`;
    const asset = { packagingConfiguration: configurationId, status: 'SKIPPED', message } as const;
    return {
      ...common,
      subject: message,
      text: `${message}\n\n${location}`,
      data: { Type: 'NOTIFICATION', Message: message, Id: assetId, skipped: { asset } },
    };
  }
  const subject = `Asset ${assetId}: ${configurationId} is complete`;
  return {
    ...common,
    subject,
    text: `${subject}: ${objects} objects\n\n${location}`,
    data: {
      Type: 'NOTIFICATION',
      Message: 'Download Complete',
      Id: assetId,
      ProgressUpdate: {
        downloadedSegments: [],
        skippedSegments: [],
        totalDownloadedSegments: objects,
        totalSkippedSegments: 0,
        objectsAtS3Dest: objects,
        status: 'COMPLETE',
        progressPercentage: '100.00',
      },
      Asset: { s3Location: location, type: typeOf(location) },
    },
  };
}

export interface HarvestFailure {
  readonly assetId: string;
  readonly run: string;
  readonly failure: EndpointFailure;
}

/** The endpoint will not be there, which is told at once: others of its asset may take half a day. */
export function noticeOfHarvestFailure({ assetId, run, failure }: HarvestFailure): Notice {
  const { configurationId } = failure;
  const subject = `Asset ${assetId}: ${configurationId} failed`;
  return {
    id: `harvest-failed:${assetId}:${configurationId}#${run}`,
    subject,
    text: [subject, '', ...failureLines(failure)].join('\n'),
    data: { Type: 'ERROR', Message: subject, Id: assetId, failedEndpoints: [failure] },
  };
}

function typeOf(location: string): 'HLS' | 'DASH' | 'MSS' {
  if (location.endsWith('.m3u8')) return 'HLS';
  return location.endsWith('.mpd') ? 'DASH' : 'MSS';
}
