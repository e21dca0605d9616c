import { createHash } from 'node:crypto';

/**
 * Keys of harvested objects. A key is the address without what all addresses have in common (their longest common folder), decoded as a
 * web server decodes it, without its query: so the relative references of untouched manifests keep working wherever the mirror is served.
 * Addresses on several hosts keep host folders. Same layout as packaged-vod-downloader.
 *
 * What a key cannot hold as it is, is escaped, so that two addresses never have one key, and the address can be told from the key:
 * - `%XX` stands for a byte: of `%` itself, control characters, backslash, `?`, a slash inside a part.
 * - a part's trailing bare `%` stands for nothing: an empty part, or an object whose name is a folder's as well.
 * - `%_` stands for a `%` that begins no escape, `%.` for the dot of a name that is Reelway's own.
 * - `?query` stays where addresses differ in nothing else.
 * - `~` after a bare `%` begins the digest of a name too long to be one; that address cannot be told from its key alone.
 */
export interface KeyMap {
  /** Keys in the order of the addresses. */
  readonly keys: readonly string[];
  /** What addresses begin with: `https://host/folder/`, or `https://` where keys begin with host folders. */
  readonly root: string;
}

/** bytes of a part: what file systems allow, less what an unfinished file's name needs */
const maxPartBytes = 240;
/** bytes of a whole key below the destination; stores allow 1024 with the destination's own path */
const maxKeyBytes = 800;

/**
 * Keys for all addresses of one presentation.
 * @param urls absolute, normalised (WHATWG), without fragment, each once
 */
export function assignKeys(urls: readonly string[]): KeyMap {
  const scheme = schemeOf(urls[0] ?? '');
  const paths = distinctPaths(urls, scheme);
  markFolders(paths);
  const folder = commonFolder(paths);
  const slash = folder.indexOf('/');
  const host = slash === -1 ? '' : decodeURIComponent(folder.slice(0, slash));
  const root = `${scheme}://${host}${slash === -1 ? '' : folder.slice(slash).split('/').map(encodeKeyPart).join('/')}`;
  return { root, keys: paths.map((path) => fitted(path.slice(folder.length))) };
}

/** The path of a root: servers of one name each, which a redirect chooses among, have the same under it. Empty where keys begin with host folders. */
export function placeOf(root: string): string {
  return root.endsWith('://') ? '' : new URL(root).pathname;
}

/**
 * The address that a key stands for, in the usual spelling and without the query that its key did without; undefined for a digest.
 * @param root of the KeyMap that the key is of
 */
export function urlOfKey(root: string, key: string): string | undefined {
  if (key.includes('%~')) return undefined;
  const folders = key.split('/');
  const [name = '', query] = split(folders.pop() ?? '', '?');
  const search = query === undefined ? '' : `?${decodeURIComponent(withoutMark(query))}`;
  const parts = [...folders, name];
  if (!root.endsWith('://')) return `${root}${parts.map(encodeKeyPart).join('/')}${search}`;
  const host = decodeURIComponent(parts[0] ?? '');
  const path = parts.slice(1).map(encodeKeyPart).join('/');
  return `${host.includes('://') ? host : `${root}${host}`}/${path}${search}`;
}

/** Host folder and decoded path of each address; where several have the same, as spelt, and with the query where that is the same, too. */
function distinctPaths(urls: readonly string[], scheme: string): string[] {
  const plain = urls.map((url) => pathOf(url, scheme, decodedPart));
  // Addresses differ, so paths do where nothing but the scheme, which all have, is gone from them.
  const gone = scheme.length + '://'.length;
  const isExact = (path: string, index: number) => {
    const url = urls[index] ?? '';
    return url.length === gone + path.length && url.endsWith(path);
  };
  if (plain.every(isExact)) return plain;
  const first = repeated(plain);
  if (first.size === 0) return plain;
  const spelt = plain.map((path, index) => (first.has(path) ? pathOf(urls[index] ?? '', scheme, speltPart) : path));
  const second = repeated(spelt);
  return spelt.map((path, index) => {
    const [, query] = second.has(path) ? split(urls[index] ?? '', '?') : [];
    return query === undefined ? path : `${path}?${escapeQuery(query)}`;
  });
}

function repeated(paths: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const path of paths) (seen.has(path) ? again : seen).add(path);
  return again;
}

/** `host/path`, without query; the host folder of another scheme than the first address's says so. */
function pathOf(url: string, scheme: string, partOf: (part: string) => string): string {
  const hostStart = url.indexOf('://') + 3;
  const pathStart = url.indexOf('/', hostStart);
  const queryStart = url.indexOf('?', pathStart);
  const path = queryStart === -1 ? url.slice(pathStart) : url.slice(pathStart, queryStart);
  const named = url.slice(hasScheme(url, scheme) ? hostStart : 0, pathStart);
  const host = encodeURIComponent(named);
  // A part of the address rather than a string of its own: there may be a million.
  if (plainPath.test(path)) return host === named ? url.slice(hostStart, pathStart + path.length) : host + path;
  return `${host}/${path.slice(1).split('/').map(partOf).join('/')}`;
}

function hasScheme(url: string, scheme: string): boolean {
  return url.startsWith(scheme) && url.startsWith('://', scheme.length);
}

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf(':'));
}

/** No escape, no empty part, nothing reserved: most paths, which need not be taken apart. */
const plainPath = /^(?:\/(?!\.reelway)[A-Za-z0-9._~!$&'()*+,;=:@-]{1,200})+$/;

/** A part of a path as a server decodes it; an escape that is no UTF-8 stays one. */
function decodedPart(part: string): string {
  if (part === '') return '%';
  let decoded: string;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    return markStray(part);
  }
  return unreserved(escape(decoded, unsafeInPart));
}

/** A `%` that begins no escape, which addresses may have. */
function markStray(part: string): string {
  return unreserved(part.replace(/%(?![0-9A-Fa-f]{2})/g, '%_'));
}

/** Names that begin so are Reelway's own. */
function unreserved(part: string): string {
  return part.startsWith('.reelway') ? `%${part}` : part;
}

/** A part whose spelling tells it from others: decoded only if it is in the usual spelling. */
function speltPart(part: string): string {
  const decoded = decodedPart(part);
  return encodeKeyPart(decoded) === part ? decoded : markStray(part);
}

// eslint-disable-next-line no-control-regex -- control characters are what is escaped
const unsafeInPart = /[%?\\/\u0000-\u001f\u007f-\u009f]/g;
// eslint-disable-next-line no-control-regex -- control characters are what is escaped
const unsafeInQuery = /[%\\/\u0000-\u001f\u007f-\u009f]/g;

function escape(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (character) => encodeURIComponent(character));
}

function escapeQuery(query: string): string {
  return escape(query, unsafeInQuery);
}

/** At the first separator; the second is undefined when there is none. */
function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** A file system cannot have an object and a folder of one name: the object's name is marked. */
function markFolders(paths: string[]): void {
  const folders = new Set<string>();
  let last = '';
  for (const path of paths) {
    let end = path.lastIndexOf('/');
    if (end === last.length && path.startsWith(last)) continue;
    last = path.slice(0, end);
    for (; end > 0 && !folders.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1))
      folders.add(path.slice(0, end));
  }
  for (const [index, path] of paths.entries()) if (folders.has(path)) paths[index] = `${path}%`;
}

/** With its slash at the end; empty when not even the host is common. */
function commonFolder(paths: readonly string[]): string {
  let common = paths[0]?.slice(0, paths[0].lastIndexOf('/') + 1) ?? '';
  for (const path of paths) {
    while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common;
}

/** The path as a key: parts and wholes that are too long become digests, which keep the end that tells the type. */
function fitted(path: string): string {
  if (path.length * 3 <= maxPartBytes) return path;
  if (Buffer.byteLength(path) > maxKeyBytes) return digestName(path);
  return path
    .split('/')
    .map((part) => (Buffer.byteLength(part) > maxPartBytes ? digestName(part) : part))
    .join('/');
}

function digestName(text: string): string {
  const name = text.slice(text.lastIndexOf('/') + 1).split('?', 1)[0] ?? '';
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  return `%~${createHash('sha256').update(text).digest('hex').slice(0, 32)}${extension}`;
}

function encodeKeyPart(part: string): string {
  // The key's own escapes are those of an address.
  return withoutMark(part)
    .replace(/^%\./, '.')
    .split(/(%[0-9A-Fa-f]{2}|%_)/)
    .map((piece, index) => (index % 2 === 0 ? encodeText(piece) : piece === '%_' ? '%' : piece))
    .join('');
}

/** As the WHATWG URL parser writes it. */
function encodeText(text: string): string {
  // Between letters, so that neither a dot nor a blank is at an end.
  return new URL(`http://h/x${text.replace(/#/g, '%23')}x`).pathname.slice(2, -1);
}

/** Without the marks of an empty part and of a folder's namesake. */
function withoutMark(part: string): string {
  let end = part.length;
  while (part.endsWith('%', end)) end--;
  return part.slice(0, end);
}
