import { useEffect, useRef, useState } from 'react';

interface CopyButtonProps {
  readonly text: string;
  /** said to screen readers: which of several */
  readonly what: string;
}

/** Copies an address; where the browser does not let a page do that, shows it to be copied by hand. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [state, setState] = useState<'copied' | 'by hand'>();
  const copy = () => {
    // A page that came over plain http has no clipboard.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (!clipboard) return setState('by hand');
    clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('by hand'),
    );
  };
  return (
    <>
      <button type="button" className="quiet" onClick={copy}>
        {state === 'copied' ? 'Copied' : 'Copy address'}
        <span className="unseen"> of {what}</span>
      </button>
      {state === 'by hand' && <SelectedText text={text} what={what} />}
    </>
  );
}

function SelectedText({ text, what }: CopyButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <span className="by-hand">
      <input
        ref={input}
        readOnly
        value={text}
        aria-label={`Address of ${what}`}
        onFocus={({ target }) => target.select()}
      />
      <span className="hint" role="status">
        It is selected: copy it with Ctrl+C or ⌘C. The browser did not let this page do it; over plain http it lets
        none.
      </span>
    </span>
  );
}
