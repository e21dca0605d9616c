import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure } from '../domain/failure.js';

/**
 * @param file a file, `-` for standard input, or the JSON itself
 * @throws Failure usage when the file cannot be read; the code when it is no JSON object
 */
export async function readJson(
  file: string,
  cwd: string,
  code: 'invalid_request' | 'configuration_invalid',
): Promise<object> {
  const content = /^\s*[[{]/.test(file) ? file : await contentOf(file, cwd);
  try {
    // Without the byte order mark of editors and PowerShell, which trim() takes for a blank.
    const json = JSON.parse(content.trim()) as unknown;
    if (typeof json === 'object' && json !== null) return json;
    throw new Error('an object is needed');
  } catch (error) {
    throw new Failure(code, `${file.slice(0, 200)} is not what is needed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function contentOf(file: string, cwd: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new Failure('usage', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** On a command line, a path is relative to where one stands; requests themselves name absolute ones. */
export function withAbsoluteSource(request: object, cwd: string): object {
  const isAddress = (source: unknown): boolean =>
    typeof source !== 'string' || /^(\/|[a-z][a-z0-9+.-]+:)/i.test(source);
  if ('createAssetRequest' in request) {
    const inner = request.createAssetRequest;
    if (typeof inner !== 'object' || inner === null || !('SourceArn' in inner) || isAddress(inner.SourceArn))
      return request;
    return { ...request, createAssetRequest: { ...inner, SourceArn: resolve(cwd, String(inner.SourceArn)) } };
  }
  if (!('source' in request) || isAddress(request.source)) return request;
  return { ...request, source: resolve(cwd, String(request.source)) };
}
