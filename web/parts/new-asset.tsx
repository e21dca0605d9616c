import { useState } from 'react';
import { AssetForm } from './asset-form';
import { DropZone, type Dropped } from './drop-zone';

/** Where a new asset begins: a place to drop what it is made of, and the form for it. @param open without anything dropped, too */
export function NewAsset({ open = false }: { readonly open?: boolean }) {
  const [dropped, setDropped] = useState<{ what: Dropped; turn: number }>();
  return (
    <div className="new-asset">
      <DropZone onDrop={(what) => setDropped((before) => ({ what, turn: (before?.turn ?? 0) + 1 }))} />
      {(open || dropped) && <AssetForm key={dropped?.turn ?? 0} dropped={dropped?.what} />}
    </div>
  );
}
