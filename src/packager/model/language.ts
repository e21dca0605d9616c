/** ISO 639-1 and ISO 639-2/T codes of one language, joined. */
const codes = `
  aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bibis bmbam bnben bobod brbre
  bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym dadan dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest
  eueus fafas ffful fifin fjfij fofao frfra fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat
  huhun hyhye hzher iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn jvjav kakat kgkon kikik kjkua kkkaz
  klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg
  mhmah mimri mkmkd mlmal mnmon mrmar msmsa mtmlt mymya nanau nbnob ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya
  ococi ojojg omorm orori ososs papan pipli plpol pspus ptpor quque rmroh rnrun roron rurus rwkin sasan scsrd sdsnd sesme
  sgsag sisin skslk slslv smsmo snsna sosom sqsqi srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk
  tltgl tntsn toton trtur tstso tttat tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid yoyor zazha
  zhzho zuzul
`;

const threeLetters: ReadonlyMap<string, string> = new Map(
  codes
    .trim()
    .split(/\s+/)
    .map((pair) => [pair.slice(0, 2), pair.slice(2)]),
);

/** The ISO 639-2/T code of a BCP 47 language tag, as `mdhd` needs it; `und` when there is none. */
export function iso639(tag: string | undefined): string {
  const language = canonicalLanguage(tag)?.split('-', 1)[0] ?? '';
  return threeLetters.get(language) ?? (/^[a-z]{3}$/.test(language) ? language : 'und');
}

/** The shortest way to write a BCP 47 tag, or an ISO 639-2 code of a source (`eng` becomes `en`, `ger` `de`); undefined for what is none, and for `und`. */
export function canonicalLanguage(tag: string | undefined): string | undefined {
  if (tag === undefined) return undefined;
  try {
    const [canonical] = Intl.getCanonicalLocales(tag.trim());
    return canonical === 'und' ? undefined : canonical;
  } catch {
    return undefined; // RangeError: not a well-formed tag, as transport streams often carry
  }
}
