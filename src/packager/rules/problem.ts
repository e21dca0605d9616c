/** A breach of a standard. */
export interface RuleProblem {
  /** `hls.target-duration`: stable, for people who look for it. */
  readonly rule: string;
  /** The file, as far as it is known by name. */
  readonly file: string;
  readonly message: string;
}

/** What there is besides manifests: bytes by name. Absent: it is not known, and not judged. */
export type KnownObjects = ReadonlyMap<string, number>;

/** Collects what is wrong with one file. */
export class Findings {
  readonly problems: RuleProblem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Notes the problem when the condition does not hold. */
  expect(condition: boolean, rule: string, message: () => string): void {
    if (!condition) this.problems.push({ rule, file: this.#file, message: message() });
  }
}

/** The name of an object that a manifest refers to; undefined for other hosts and for what leaves the folder. */
export function referredName(manifest: string, reference: string): string | undefined {
  // Most are plain, and resolving an address costs more than all the rest.
  if (/^\w[\w/-]*\.\w+$/.test(reference)) return `${manifest.slice(0, manifest.lastIndexOf('/') + 1)}${reference}`;
  const base = 'https://reelway.invalid/';
  try {
    const url = new URL(reference, new URL(manifest.split('/').map(encodeURIComponent).join('/'), base));
    return url.origin + '/' === base ? decodeURIComponent(url.pathname.slice(1)) : undefined;
  } catch {
    return undefined;
  }
}
