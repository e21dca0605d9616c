import { join } from 'node:path';
import { roleToAssume } from './domain/source-role.js';
import { listItems } from './domain/setting.js';
import type { SourceReader } from './packager/model/source-reader.js';
import type { ObjectStore } from './storage/object-store.js';
import type { StorageLocation } from './storage/location.js';
import { openStore } from './storage/open.js';
import type { OpenSource } from './transfer/source-reader.js';

/** What a packaging engine reads from and writes to, as plain values: a thread opens its own from them. */
export interface PackagingPortsSettings {
  readonly storage: StorageLocation;
  /** REELWAY_PRIVATE_HOSTS as it was given. */
  readonly privateHosts: string;
  /** May a source's own host be private? Where an operator names it on the command line; what it refers to elsewhere is checked all the same. */
  readonly trustSourceHost: boolean;
  /** REELWAY_SOURCE_ROLES: the roles that requests may name; absent: none is assumed. */
  readonly sourceRoles?: readonly string[];
  /** REELWAY_SOURCE_EXTERNAL_ID. */
  readonly externalId?: string | undefined;
  /** The thread does nothing but package: local files are opened and named in it, not in the thread pool. */
  readonly dedicated: boolean;
}

export interface PackagingPorts {
  /** @param role what the request names to read an `s3://` source with; assumed when it is listed */
  readonly openSource: (uri: string, role?: string) => Promise<SourceReader>;
  /** The storage of the settings, or a bucket that a request names. */
  readonly openStore: (bucket: string | undefined) => ObjectStore;
}

function ownBucket(name: string): ObjectStore {
  return openStore({ kind: 's3', bucket: name, prefix: '' });
}

/**
 * Opens sources and stores for packaging. Shared by the roots that compose it (wiring, the command line, packaging threads). What a job
 * does not need is not loaded: a source of local files needs no HTTP client.
 */
export function packagingPorts(settings: PackagingPortsSettings): PackagingPorts {
  const { storage, privateHosts, trustSourceHost, dedicated, sourceRoles = [], externalId } = settings;
  const stores = new Map<string | undefined, ObjectStore>();

  /** Beside a local storage, a bucket that a request names is a folder in it. */
  function openBucket(name: string): ObjectStore {
    if (storage.kind === 'file') return openStore({ kind: 'file', folder: join(storage.folder, name) }, { dedicated });
    return openStore({ kind: 's3', bucket: name, prefix: '' });
  }

  /** Buckets as the role sees them. A session serves all of them, and all sources. */
  async function bucketsOf(roleArn: string): Promise<(name: string) => ObjectStore> {
    const [{ assumedRole }, { s3Store }] = await Promise.all([
      import('./storage/assumed-role.js'),
      import('./storage/s3.js'),
    ]);
    const credentials = assumedRole({ roleArn, externalId });
    return (name) => s3Store({ bucket: name, credentials });
  }
  const roles = new Map<string, Promise<OpenSource>>();

  function sourcesOf(role: string): Promise<OpenSource> {
    const known = roles.get(role) ?? bucketsOf(role).then((bucket) => remoteSources(bucket));
    roles.set(role, known);
    return known;
  }

  async function remoteSources(bucket: (name: string) => ObjectStore = ownBucket): Promise<OpenSource> {
    const [{ sourceOpener }, { httpClient }, { trusting }, { parsePrivateHost }] = await Promise.all([
      import('./transfer/source-reader.js'),
      import('./net/request.js'),
      import('./net/safe-url.js'),
      import('./net/private-hosts.js'),
    ]);
    const hosts = listItems(privateHosts).map((item) => parsePrivateHost(item));
    const policy = { privateHosts: hosts.filter((host) => host !== undefined) };
    return sourceOpener({
      http: (source) => httpClient({ policy: trustSourceHost ? trusting(source, policy) : policy }),
      bucket,
    });
  }
  let remote: Promise<OpenSource> | undefined;

  return {
    openStore(bucket) {
      const opened =
        stores.get(bucket) ?? (bucket === undefined ? openStore(storage, { dedicated }) : openBucket(bucket));
      stores.set(bucket, opened);
      return opened;
    },
    async openSource(uri, role) {
      const assumed = roleToAssume({ source: uri, sourceRoleArn: role }, sourceRoles);
      const { decryptingSource } = await import('./transfer/decrypting-source.js');
      if (assumed !== undefined) return decryptingSource((await sourcesOf(assumed))(uri));
      if (/^[a-z][a-z0-9+.-]+:/i.test(uri) && !/^file:/i.test(uri))
        return decryptingSource((await (remote ??= remoteSources()))(uri));
      const { fileSource } = await import('./transfer/file-source.js');
      return decryptingSource(fileSource(uri));
    },
  };
}
