/** An object that was put into a bucket. */
export interface CreatedObject {
  readonly bucket: string;
  /** as it is, not encoded */
  readonly key: string;
}

/** How deep a notification may be wrapped: an SNS topic that is told by another one. */
const maxWrappings = 3;

/**
 * Objects that a message of S3 says were created: as S3 sends it (S3 User Guide, "Event message structure"), wrapped by SNS, or as EventBridge
 * sends it. What says something else of S3 (a test event, a removal) names no object.
 * @returns undefined when it is no message of S3
 */
export function readS3Event(body: string): readonly CreatedObject[] | undefined {
  let text = body;
  for (let wrappings = 0; wrappings <= maxWrappings; wrappings++) {
    const message = jsonObject(text);
    if (!message) return undefined;
    if (message.Type === 'Notification' && typeof message.Message === 'string') {
      text = message.Message;
      continue;
    }
    if (message.source === 'aws.s3') return ofEventBridge(message);
    if (message.Event === 's3:TestEvent') return [];
    return Array.isArray(message.Records) ? ofRecords(message.Records) : undefined;
  }
  return undefined;
}

type Json = Readonly<Record<string, unknown>>;

function ofRecords(records: readonly unknown[]): readonly CreatedObject[] | undefined {
  const created: CreatedObject[] = [];
  for (const record of records) {
    if (!isObject(record) || record.eventSource !== 'aws:s3') return undefined;
    if (!/^(?:s3:)?ObjectCreated:/.test(String(record.eventName))) continue;
    const object = placeOf(record.s3, decodedKey);
    if (!object) return undefined;
    created.push(object);
  }
  return created;
}

/** EventBridge has keys as they are (Amazon EventBridge User Guide, "Amazon S3 events"). */
function ofEventBridge(message: Json): readonly CreatedObject[] | undefined {
  if (message['detail-type'] !== 'Object Created') return [];
  const object = placeOf(message.detail, (key) => key);
  return object && [object];
}

function placeOf(json: unknown, keyOf: (text: string) => string | undefined): CreatedObject | undefined {
  if (!isObject(json) || !isObject(json.bucket) || !isObject(json.object)) return undefined;
  const { name } = json.bucket;
  const { key: given } = json.object;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || typeof given !== 'string')
    return undefined;
  const key = keyOf(given);
  return key === undefined || key === '' ? undefined : { bucket: name, key };
}

/** S3 encodes keys as forms are: a blank is a plus. */
function decodedKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function jsonObject(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
