import { useEffect, useId, useRef, useState, type DragEvent } from 'react';

/** What an asset is made of: what lies somewhere, or a file of whoever looks. */
export type Dropped = { readonly address: string } | { readonly file: File };

export interface DropZoneProps {
  readonly onDrop: (dropped: Dropped) => void;
}

/** Takes an MP4 or an address: dropped here, pasted anywhere on the page where nothing is being written, or chosen. */
export function DropZone({ onDrop }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const latest = useRef(onDrop);
  latest.current = onDrop;

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const isWriting = event.target instanceof Element && event.target.matches('input, textarea, select');
      const dropped = isWriting || !event.clipboardData ? undefined : droppedOf(event.clipboardData);
      if (!dropped) return;
      event.preventDefault();
      latest.current(dropped);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);

  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type !== 'dragleave');
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = droppedOf(event.dataTransfer);
    if (dropped) onDrop(dropped);
  };
  return (
    <div
      className={over ? 'drop over' : 'drop'}
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={drag}
      onDrop={drop}
      data-drop
    >
      <span id={id}>Drop an MP4 or the address of a playlist here, or paste an address.</span>{' '}
      <button type="button" onClick={() => input.current?.click()} aria-describedby={id}>
        Choose an MP4
      </button>
      <input
        ref={input}
        type="file"
        accept=".mp4,.m4v,.mov,video/mp4,video/quicktime"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onDrop({ file });
          target.value = '';
        }}
      />
    </div>
  );
}

/** A file comes before the words that are beside it. */
function droppedOf(data: DataTransfer): Dropped | undefined {
  const [file] = data.files;
  if (file) return { file };
  const text = (data.getData('text/uri-list') || data.getData('text/plain'))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
  return text !== undefined && /^(https?|s3):\/\/\S+$/i.test(text) ? { address: text } : undefined;
}
