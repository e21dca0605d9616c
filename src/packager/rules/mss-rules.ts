import { childrenOf, type ReadElement, readXml } from '../../manifest/xml-reader.js';
import { Findings, type KnownObjects, referredName, type RuleProblem } from './problem.js';

/** Rules of [MS-SSTR] §2.2.2 for a finished client manifest. @throws ManifestError when it is not well-formed */
export function checkClientManifest(file: string, text: string, objects?: KnownObjects): RuleProblem[] {
  const findings = new Findings(file);
  const root = readXml(text);
  const { MajorVersion, MinorVersion, Duration, IsLive } = root.attributes;
  findings.expect(root.name === 'SmoothStreamingMedia', 'mss.root', () => `the root element is ${root.name}`);
  findings.expect(
    MajorVersion === '2' && ['0', '2'].includes(MinorVersion ?? ''),
    'mss.version',
    () => `version ${MajorVersion}.${MinorVersion}; 2.0 or 2.2 is allowed`,
  );
  findings.expect(Number(Duration) > 0, 'mss.duration', () => `Duration is ${Duration ?? 'missing'}`);
  findings.expect(!/^true$/i.test(IsLive ?? ''), 'mss.live', () => 'IsLive: a finished presentation is not');
  const streams = childrenOf(root, 'StreamIndex');
  const names = streams.map(({ attributes }) => attributes.Name ?? attributes.Type);
  findings.expect(
    new Set(names).size === names.length,
    'mss.names',
    () => `two streams have one Name: ${names.join(', ')}`,
  );
  for (const stream of streams) checkStream(stream, { file, findings, objects });
  return findings.problems;
}

interface StreamCheck {
  readonly file: string;
  readonly findings: Findings;
  readonly objects: KnownObjects | undefined;
}

function checkStream(stream: ReadElement, { file, findings, objects }: StreamCheck): void {
  const { Name: name = '', Url = '', Chunks, QualityLevels } = stream.attributes;
  const levels = childrenOf(stream, 'QualityLevel');
  const chunks = childrenOf(stream, 'c');
  const bitrates = levels.map(({ attributes }) => attributes.Bitrate);
  findings.expect(
    new Set(bitrates).size === levels.length,
    'mss.bitrates',
    () => `${name}: two quality levels have one Bitrate`,
  );
  findings.expect(
    QualityLevels === undefined || Number(QualityLevels) === levels.length,
    'mss.counts',
    () => `${name}: QualityLevels is ${QualityLevels}; there are ${levels.length}`,
  );
  const count = chunks.reduce((sum, chunk) => sum + repeats(chunk), 0);
  findings.expect(
    Chunks === undefined || Number(Chunks) === count,
    'mss.counts',
    () => `${name}: Chunks is ${Chunks}; there are ${count}`,
  );
  findings.expect(
    /\{bitrate\}.*\{start[ _]time\}/i.test(Url),
    'mss.url',
    () => `${name}: Url has {bitrate} and {start time}; given: ${Url}`,
  );
  for (const { attributes } of levels) {
    findings.expect(
      Number(attributes.Bitrate) > 0,
      'mss.bitrates',
      () => `${name}: Bitrate is ${attributes.Bitrate ?? 'missing'}`,
    );
    findings.expect(
      /^([0-9a-f]{2})*$/i.test(attributes.CodecPrivateData ?? ''),
      'mss.codec',
      () => `${name}: CodecPrivateData is not hexadecimal`,
    );
    findings.expect(
      Boolean(attributes.FourCC ?? stream.attributes.FourCC) || stream.attributes.Type === 'audio',
      'mss.codec',
      () => `${name}: no FourCC`,
    );
  }
  if (!objects) return;
  let time = 0;
  for (const chunk of chunks) {
    const { t, d = '0' } = chunk.attributes;
    time = t === undefined ? time : Number(t);
    for (let repeat = Math.min(repeats(chunk), maxListed); repeat > 0; repeat -= 1) {
      for (const bitrate of bitrates) {
        const reference = Url.replace(/\{bitrate\}/i, bitrate ?? '').replace(/\{start[ _]time\}/i, String(time));
        findings.expect(
          objects.has(referredName(file, reference) ?? ''),
          'mss.reference',
          () => `${reference} does not exist`,
        );
      }
      time += Number(d);
    }
  }
}

/** Fragments that one element may stand for before the check goes on without them. */
const maxListed = 1_000_000;

/** [MS-SSTR] §2.2.2.6 FragmentRepeat, of version 2.2: how many fragments of one duration the element stands for. */
function repeats({ attributes: { r = '1' } }: ReadElement): number {
  return Number(r);
}
