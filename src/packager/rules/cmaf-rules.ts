import { findBox, type ReadBox, readBoxes } from '../isobmff/box-reader.js';
import { Findings, type RuleProblem } from './problem.js';

/** Rules of ISO/IEC 23000-19 §7.3.1 for a CMAF header. @throws Error when its boxes cannot be read */
export function checkCmafHeader(file: string, bytes: Uint8Array): RuleProblem[] {
  const findings = new Findings(file);
  const boxes = readBoxes(bytes);
  const types = boxes.map(({ type }) => type);
  findings.expect(
    types[0] === 'ftyp' && types.includes('moov'),
    'cmaf.header',
    () => `a header is ftyp and moov; given: ${types.join(', ')}`,
  );
  findings.expect(!types.includes('mdat') && !types.includes('moof'), 'cmaf.header', () => 'a header holds no samples');
  const brands = brandsOf(boxes[0]);
  findings.expect(
    brands.some((brand) => brand === 'cmfc' || brand === 'cmf2'),
    'cmaf.brands',
    () => `no brand cmfc or cmf2; given: ${brands.join(', ')}`,
  );
  const tracks = findBox(boxes, 'moov')?.children.filter(({ type }) => type === 'trak') ?? [];
  findings.expect(tracks.length === 1, 'cmaf.tracks', () => `${tracks.length} tracks; one is allowed`);
  for (const track of tracks) checkText(track, findings);
  findings.expect(findBox(boxes, 'moov/mvex/trex') !== undefined, 'cmaf.header', () => 'no mvex with trex');
  return findings.problems;
}

/** What goes with the sample entries of text, ISO/IEC 14496-30 §5.2 and §7.2: handler and media header. */
const textForms: Readonly<Record<string, readonly [handler: string, header: string]>> = {
  stpp: ['subt', 'sthd'],
  wvtt: ['text', 'nmhd'],
};

function checkText(track: ReadBox, findings: Findings): void {
  const [entry] = findBox(track.children, 'mdia/minf/stbl/stsd')?.children ?? [];
  const [handler, header] = textForms[entry?.type ?? ''] ?? [];
  if (handler === undefined || header === undefined) return;
  const given = findBox(track.children, 'mdia/hdlr')?.payload;
  const found = given && given.byteLength >= 12 ? fourLetters(given, 8) : 'none';
  findings.expect(found === handler, 'cmaf.text', () => `${entry?.type} needs the handler ${handler}; given: ${found}`);
  findings.expect(
    findBox(track.children, `mdia/minf/${header}`) !== undefined,
    'cmaf.text',
    () => `${entry?.type} needs the media header ${header}`,
  );
}

/** Rules of §7.3.2 for a media segment of fragments. @throws Error when its boxes cannot be read */
export function checkCmafSegment(file: string, bytes: Uint8Array): RuleProblem[] {
  const findings = new Findings(file);
  const boxes = readBoxes(bytes);
  const fragments = boxes.filter(({ type }) => type === 'moof');
  findings.expect(fragments.length > 0, 'cmaf.fragments', () => 'no moof');
  for (const moof of fragments) {
    const trafs = moof.children.filter(({ type }) => type === 'traf');
    findings.expect(trafs.length === 1, 'cmaf.tracks', () => `${trafs.length} traf in a moof; one is allowed`);
    findings.expect(findBox([moof], 'moof/traf/tfdt') !== undefined, 'cmaf.tfdt', () => 'a traf without tfdt');
    const flags = (findBox([moof], 'moof/traf/tfhd')?.payload.getUint32(0) ?? 0) & 0xff_ffff;
    findings.expect(
      (flags & 0x02_0001) === 0x02_0000,
      'cmaf.tfhd',
      () => 'tfhd has default-base-is-moof and no base data offset',
    );
    findings.expect(
      boxes[boxes.indexOf(moof) + 1]?.type === 'mdat',
      'cmaf.fragments',
      () => 'a moof is followed by its mdat',
    );
  }
  return findings.problems;
}

function brandsOf(ftyp: ReadBox | undefined): string[] {
  const payload = ftyp?.payload;
  const brands: string[] = [];
  for (let at = 8; payload && at + 4 <= payload.byteLength; at += 4) brands.push(fourLetters(payload, at));
  return brands;
}

function fourLetters(payload: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((byte) => payload.getUint8(at + byte)));
}
