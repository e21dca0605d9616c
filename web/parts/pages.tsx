export interface PagesProps {
  /** of the pages up to this one */
  readonly cursors: readonly string[];
  readonly next: string | null | undefined;
  readonly onChange: (cursors: readonly string[]) => void;
}

/** To the newer and older parts of a list. One page alone needs no way to another. */
export function Pages({ cursors, next, onChange }: PagesProps) {
  if (cursors.length === 0 && !next) return null;
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" disabled={cursors.length === 0} onClick={() => onChange(cursors.slice(0, -1))}>
        Newer
      </button>
      <span>Page {cursors.length + 1}</span>
      <button type="button" disabled={!next} onClick={() => onChange([...cursors, next ?? ''])}>
        Older
      </button>
    </nav>
  );
}
