import { PackagerError } from '../errors.js';
import { isVideo, type Track } from '../model/track.js';
import { box, concat } from './box.js';
import { dolbySampleEntry } from './boxes/ac-3.js';
import { avcSampleEntry } from './boxes/avc1.js';
import { dinf } from './boxes/dinf.js';
import { ftyp } from './boxes/ftyp.js';
import { hevcSampleEntry } from './boxes/hvc1.js';
import { hdlr, mediaKindHeader } from './boxes/hdlr.js';
import { elng, mdhd } from './boxes/mdhd.js';
import { mp4a } from './boxes/mp4a.js';
import { mvex } from './boxes/mvex.js';
import { mvhd } from './boxes/mvhd.js';
import { emptyStbl } from './boxes/stbl.js';
import { soundSampleEntry } from './boxes/sound-sample-entry.js';
import { tkhd } from './boxes/tkhd.js';
import { visualSampleEntry } from './boxes/visual-sample-entry.js';

/** One track per file, ISO/IEC 23000-19 §7.3.1. */
export const trackId = 1;

/**
 * The initialization segment of a track, a CMAF header (ISO/IEC 23000-19 §7.3.1):
 *
 *     ftyp
 *     moov
 *       mvhd
 *       trak: tkhd, mdia: mdhd, [elng], hdlr, minf: vmhd|smhd, dinf, stbl
 *       mvex: trex
 *
 * @param language BCP 47
 * @throws PackagerError source_invalid when the configuration lacks what decoders need, source_unsupported for sound that fragments cannot carry
 */
export function initSegment(track: Track, language?: string): Uint8Array {
  const movie = box('moov', mvhd(track.timescale), trak(track, language), mvex(trackId));
  return concat(ftyp(), movie);
}

function trak(track: Track, language: string | undefined): Uint8Array {
  const { kind, timescale } = track;
  return box(
    'trak',
    tkhd({ trackId, volume: kind === 'audio' ? 1 : 0, ...presentedSize(track) }),
    box(
      'mdia',
      mdhd(timescale, language),
      ...(language === undefined ? [] : [elng(language)]),
      hdlr(kind),
      box('minf', mediaKindHeader(kind), dinf(), emptyStbl(sampleEntry(track))),
    ),
  );
}

function sampleEntry({ configuration }: Track): Uint8Array {
  switch (configuration.codec) {
    case 'avc':
      return avcSampleEntry(configuration);
    case 'hevc':
      return hevcSampleEntry(configuration);
    case 'mpeg':
      if (configuration.layer !== 3) throw inStreamsOnly(configuration.layer);
      return mp4a(configuration);
    case 'aac':
      return mp4a(configuration);
    case 'ac3':
    case 'eac3':
      return dolbySampleEntry(configuration);
    case 'av1':
      return visualSampleEntry('av01', configuration, box('av1C', configuration.configurationBox));
    case 'vp9':
      return visualSampleEntry('vp09', configuration, box('vpcC', configuration.configurationBox));
    case 'opus':
      return soundSampleEntry('Opus', configuration, box('dOps', configuration.specificBox));
    case 'flac':
      return soundSampleEntry('fLaC', configuration, box('dfLa', configuration.specificBox));
  }
}

/** Players take layer III (MP3) in fragments, and decode nothing else that is signalled alike. */
function inStreamsOnly(layer: number): PackagerError {
  return new PackagerError(
    'source_unsupported',
    `MPEG audio of layer ${layer} can be packaged in transport streams only (HlsPackage); in fragments layer 3 (MP3) is supported`,
  );
}

/** In square pixels, ISO/IEC 23000-19 §7.5.4. */
function presentedSize({ configuration }: Track): { width: number; height: number } {
  if (!isVideo(configuration)) return { width: 0, height: 0 };
  const [horizontal, vertical] = configuration.sampleAspectRatio;
  return { width: (configuration.width * horizontal) / vertical, height: configuration.height };
}
