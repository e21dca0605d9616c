import type { AssetRequest } from '../domain/asset.js';
import type { Failure } from '../domain/failure.js';
import { readS3Address, s3Arn } from '../domain/s3-address.js';

/** What subscribers of packaged-vod-downloader read, with the names, casing and values that its state machine and its downloader write. */

/** An endpoint as MediaPackage describes it; its notifications hold a list of one. */
export interface ToldEndpoint {
  readonly PackagingConfigurationId: string;
  readonly Status: string;
  readonly Url: string;
}

export interface DownloadedAsset {
  /** of the entry manifest: `s3://bucket/key` */
  readonly s3Location: string;
  readonly packagingConfiguration: string;
  /** `mss` is ours: there, such an endpoint failed. */
  readonly type: 'hls' | 'dash' | 'mss';
}

export interface SkippedAsset {
  readonly packagingConfiguration: string;
  readonly status: 'SKIPPED';
  readonly message: string;
}

/** Its request as it takes it. */
export interface CreateAssetRequest {
  readonly Id: string;
  readonly PackagingGroupId: string;
  readonly SourceArn: string;
  readonly SourceRoleArn?: string;
  readonly DestinationBucket?: string;
  readonly DestinationPath: string;
}

export interface ProgressUpdate {
  /** always empty there, too */
  readonly downloadedSegments: readonly string[];
  readonly skippedSegments: readonly string[];
  readonly totalDownloadedSegments: number;
  readonly totalSkippedSegments: number;
  readonly objectsAtS3Dest: number;
  readonly status: 'COMPLETE';
  /** a number of Python as text: `100.0` */
  readonly progressPercentage: string;
}

/** @param location of the entry manifest */
export function downloadedAsset(configurationId: string, location: string): DownloadedAsset {
  return { s3Location: location, packagingConfiguration: configurationId, type: typeOf(location) };
}

function typeOf(location: string): DownloadedAsset['type'] {
  if (location.endsWith('.m3u8')) return 'hls';
  return location.endsWith('.mpd') ? 'dash' : 'mss';
}

/** All of it is in place and verified. */
export function progressOf(objects: number): ProgressUpdate {
  return {
    downloadedSegments: [],
    skippedSegments: [],
    totalDownloadedSegments: objects,
    totalSkippedSegments: 0,
    objectsAtS3Dest: objects,
    status: 'COMPLETE',
    progressPercentage: '100.0',
  };
}

export function createAssetRequest(request: AssetRequest): CreateAssetRequest {
  const { id, packagingGroupId, source, sourceRoleArn, destination } = request;
  const object = readS3Address(source);
  return {
    Id: id,
    PackagingGroupId: packagingGroupId,
    // The role is of the partition that the bucket is of.
    SourceArn: object ? s3Arn(object, sourceRoleArn?.split(':')[1]) : source,
    ...(sourceRoleArn !== undefined && { SourceRoleArn: sourceRoleArn }),
    ...(destination.bucket !== undefined && { DestinationBucket: destination.bucket }),
    DestinationPath: destination.path,
  };
}

/** An error of a state of Step Functions. */
export interface StateError {
  readonly Error: string;
  readonly Cause: string;
}

/** A refusal by MediaPackage has the name of its error in its details. */
export function stateError({ code, message, details: { error } }: Failure): StateError {
  return { Error: typeof error === 'string' ? `MediaPackageVod.${error}` : code, Cause: message };
}
