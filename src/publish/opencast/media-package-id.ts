import { createHash } from 'node:crypto';

/**
 * The media package (and so the event) that a recording becomes, whoever ingests it and how often: MD5 of the meeting's uuid in the form
 * of a UUID. It is zoom-recording-ingester's id, so that what that system ingested is known here as well.
 */
export function mediaPackageId(recordingUuid: string): string {
  const digest = createHash('md5').update(recordingUuid, 'utf8').digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The Dublin Core `source` of the event, by which it is found as well. */
export function sourceOfRecording(recordingUuid: string): string {
  return `ZIP-${recordingUuid}`;
}
