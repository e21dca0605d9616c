import { NewAsset } from '../parts/new-asset';
import { useMay } from '../role';

/** Asks for an asset of whatever lies somewhere, or of a file. */
export function NewAssetPage() {
  return (
    <>
      <h1>New asset</h1>
      {useMay('operator') ? <NewAsset open /> : <p>This needs the token of an operator.</p>}
    </>
  );
}
