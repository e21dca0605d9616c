import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.js';
import { shownUrl } from '../../net/safe-url.js';
import { tooLarge } from '../source-failure.js';
import { Troubled, withPatience, type Patience } from './attempts.js';
import { maxManifestBytes, type FetchedManifest } from './manifest.js';
import { isHtml } from './media-type.js';
import { bounded, type Origin } from './origin.js';

/** bytes that are read at once */
const pieceBytes = 64 * 1024;

export interface ManifestFetching {
  readonly origin: Origin;
  readonly patience: Patience;
  readonly signal?: AbortSignal;
}

/**
 * A manifest whole, as the origin has it now.
 * @param kind of `json` nothing is demanded
 * @throws Failure source_not_found, source_forbidden, source_unavailable, source_invalid, source_too_large
 */
export function fetchManifest(
  { origin, patience, signal }: ManifestFetching,
  url: string,
  kind: 'manifest' | 'json',
): Promise<FetchedManifest> {
  return withPatience(
    patience,
    async (before) => {
      const answer = await origin.ask({ url, forbiddenBefore: before === 'forbidden', ...(signal && { signal }) });
      if (answer.state !== 'found') throw new Error(`an unconditional request was answered ${answer.state}`);
      try {
        const shown = shownUrl(url);
        if (answer.length !== undefined && answer.length > maxManifestBytes)
          throw new Troubled('final', tooLarge(shown, maxManifestBytes, answer.length));
        const pieces: Uint8Array[] = [];
        const body = answer.read(() => Buffer.allocUnsafeSlow(pieceBytes));
        for await (const piece of bounded(body, url, maxManifestBytes)) pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        // A page of a proxy or a login form: another try may get through.
        if (kind === 'manifest' && (bytes.byteLength === 0 || isHtml(bytes)))
          throw new Troubled('doubtful', notManifest(shown, bytes.byteLength));
        const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
        return { requested: url, url: answer.url, bytes, digest };
      } finally {
        answer.discard();
      }
    },
    signal,
  );
}

function notManifest(shown: string, size: number): Failure {
  const given = size === 0 ? 'nothing' : 'a web page';
  return new Failure('source_invalid', `${shown} answers ${given}, a manifest is needed.`, { details: { url: shown } });
}
