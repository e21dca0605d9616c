import { identifierSchema } from '../domain/asset.js';
import { publishTargetSchema } from '../domain/schedule.js';
import { settings } from '../domain/setting.js';

export const publishSettings = settings({
  RECORDINGS_PUBLISH: {
    about:
      'Where recordings go: into Opencast, to our own packager, which makes addresses that play them, or to both; a class of the schedule may say otherwise for its own; docs/streaming-recordings.md.',
    allowed: 'opencast, stream or both',
    default: 'opencast',
    schema: publishTargetSchema,
  },
  RECORDINGS_PACKAGING_GROUP: {
    about:
      'The packaging group with which recordings are packaged; one that is not stored makes HLS (CMAF) and DASH of each view.',
    allowed: 'the id of a packaging group that is packaged here',
    default: 'recordings',
    schema: identifierSchema,
  },
});
