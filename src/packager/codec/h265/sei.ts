import type { Picture } from '../../model/video.js';
import { seiMessages } from '../sei-messages.js';
import { nalHeaderLength } from './nal-unit.js';

/** payloadType, ITU-T H.265 §D.2.1 */
const payloadTypes = { masteringDisplay: 137, contentLight: 144, alternativeTransfer: 147 };
/** What matters here is short; what is longer than this is user data. */
const searchedBytes = 1024;

/** What SEI messages say of how a picture is to be shown. */
export interface DisplayInformation extends Pick<Picture, 'masteringDisplay' | 'contentLight'> {
  readonly preferredTransfer?: number;
}

/** @param units prefix SEI, with their headers */
export function displayInformation(units: readonly Uint8Array[]): DisplayInformation {
  const messages = new Map(
    units.flatMap((unit) => [...seiMessages(unit, { header: nalHeaderLength, limit: searchedBytes })]),
  );
  const masteringDisplay = messages.get(payloadTypes.masteringDisplay);
  const contentLight = messages.get(payloadTypes.contentLight);
  const [preferredTransfer] = messages.get(payloadTypes.alternativeTransfer) ?? [];
  return {
    ...(masteringDisplay?.length === 24 && { masteringDisplay }),
    ...(contentLight?.length === 4 && { contentLight }),
    ...(preferredTransfer !== undefined && { preferredTransfer }),
  };
}
