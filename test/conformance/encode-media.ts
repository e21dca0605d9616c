import { ffmpeg } from '../support/ffmpeg.js';
import type { Plain } from './source-options.js';

/** seconds from key frame to key frame */
const gopSeconds = 1;

export async function encodePicture(
  file: string,
  given: Plain,
  size: string,
  profile: 'main' | 'high' = given.bFrames > 0 ? 'high' : 'main',
): Promise<void> {
  const [numerator = 25, denominator = 1] = given.rate.split('/').map(Number);
  const gop = Math.round((gopSeconds * numerator) / denominator);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${given.rate}:duration=${given.seconds}`],
    ...['-b:v', '200k', '-bf', String(given.bFrames)],
    ...(given.extraKeyFrame ? ['-force_key_frames', '1.4'] : []),
    ...videoEncoder(given, { gop, profile }),
    file,
  );
}

function videoEncoder(given: Plain, options: { gop: number; profile: string }): string[] {
  switch (given.videoCodec) {
    case 'H.264':
      return h264(given, options);
    case 'VP9':
      return ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', ...keyEvery(options.gop)];
    case 'AV1':
    case 'AV1 HDR10': {
      const colour = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
      const bright =
        given.videoCodec === 'AV1 HDR10' ? [...colour, '-pix_fmt', 'yuv420p10le'] : ['-pix_fmt', 'yuv420p'];
      return [
        '-c:v',
        'libaom-av1',
        '-usage',
        'realtime',
        '-cpu-used',
        '8',
        '-threads',
        '1',
        ...keyEvery(options.gop),
        ...bright,
      ];
    }
    default:
      return hevc(given, options.gop);
  }
}

const keyEvery = (gop: number) => ['-g', String(gop), '-keyint_min', String(gop)];

function h264(given: Plain, { gop, profile }: { gop: number; profile: string }): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', profile, '-threads', '1', '-pix_fmt', 'yuv420p'],
    ...['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0'],
    ...(given.openGroups ? ['-x264-params', 'open-gop=1'] : ['-flags', '+cgop']),
  ];
}

const masteringDisplay = 'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)';

function hevc(given: Plain, gop: number): string[] {
  const highRange = given.videoCodec === 'HEVC HDR10' ? 'smpte2084' : 'arib-std-b67';
  const parameters = [
    `keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=${given.openGroups ? 1 : 0}`,
    `bframes=${given.bFrames}:b-adapt=0:log-level=error:pools=none:frame-threads=1`,
    ...(given.videoCodec === 'HEVC' ? [] : [`colorprim=bt2020:colormatrix=bt2020nc:transfer=${highRange}`]),
    ...(given.videoCodec === 'HEVC HDR10' ? [`hdr10=1:master-display=${masteringDisplay}:max-cll=1000,400`] : []),
  ];
  return [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', parameters.join(':')],
    ...['-pix_fmt', given.videoCodec === 'HEVC' ? 'yuv420p' : 'yuv420p10le'],
    ...(given.sampleEntry ? ['-tag:v', given.sampleEntry] : []),
  ];
}

export async function encodeSound(file: string, given: Plain): Promise<void> {
  const tones = ['440', '550', '660', '110', '770', '880'].slice(0, given.channels);
  const expressions = tones.map((tone) => `0.2*sin(2*PI*${tone}*t)*(1+0.5*sin(2*PI*t))`).join('|');
  const layout = { 1: 'mono', 2: 'stereo', 6: '5.1' }[given.channels];
  const length = given.seconds - Math.max(0, given.audioDelay);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `aevalsrc=exprs='${expressions}':s=${given.sampleRate}:d=${length}:c=${layout}`],
    ...['-c:a', given.audioCodec, '-b:a', `${(given.audioCodec === 'aac' ? 32 : 64) * given.channels}k`],
    ...['-strict', '-2', file],
  );
}
