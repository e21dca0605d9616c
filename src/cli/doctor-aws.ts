import { storageOf, type Config } from '../config/config.js';
import { Failure } from '../domain/failure.js';
import { awsClients } from '../publish/egress/mediapackage-vod/aws-clients.js';
import { awsFailure } from '../publish/egress/mediapackage-vod/aws-failure.js';
import { serverTables } from '../status/database.js';
import { packagingGroups, type PackagingGroups } from '../status/packaging-groups.js';
import { foreignEndpoint } from '../storage/s3-client.js';
import type { Finding } from './doctor-finding.js';

/**
 * Who AWS takes us for, and whether MediaPackage answers where a packaging group wants it. Storage and topics have checks of their own.
 * @throws Failure aws_credentials; configuration_invalid; mediapackage_refused, mediapackage_unavailable
 */
export async function awsFinding(config: Config): Promise<Finding> {
  const storage = storageOf(config);
  const managed = await managedGroups(config);
  const users = [
    ...(storage.kind === 's3' && foreignEndpoint() === undefined ? ['REELWAY_STORAGE'] : []),
    ...(config.REELWAY_NOTIFY.some(({ kind }) => kind === 'sns' || kind === 'event-bus') ? ['REELWAY_NOTIFY'] : []),
    ...(config.REELWAY_SOURCE_ROLES.length > 0 ? ['REELWAY_SOURCE_ROLES'] : []),
    ...managed.map((id) => `packaging group ${id}`),
  ];
  if (users.length === 0) return { name: 'AWS', status: 'ok', message: 'nothing of the settings needs it' };
  const identity = await whoWeAre(users);
  const groups = managed.length === 0 ? undefined : await listGroups();
  const lacking = managed.filter((id) => groups && !groups.includes(id));
  const facts = [
    `${identity} (for ${users.join(', ')})`,
    ...(groups ? [`MediaPackage lists its packaging groups`] : []),
  ];
  if (lacking.length === 0) return { name: 'AWS', status: 'ok', message: facts.join('; ') };
  return {
    ...{ name: 'AWS', status: 'problem', message: facts.join('; ') },
    problems: lacking.map((id) => `MediaPackage has no packaging group ${id}, in this region and account`),
    ...{ help: 'Make it there, or set AWS_REGION to where it is.', code: 'mediapackage_refused' },
  };
}

async function managedGroups({ REELWAY_DATA_DIR: folder, DATABASE_URL: databaseUrl }: Config): Promise<string[]> {
  if (databaseUrl === undefined) return managedAmong(packagingGroups(folder));
  const tables = serverTables(databaseUrl);
  try {
    return await managedAmong(packagingGroups(folder, tables));
  } catch (error) {
    if (error instanceof Failure) throw error;
    // The database is away, or new: its own check says so.
    return await managedAmong(packagingGroups(folder));
  } finally {
    await tables.destroy();
  }
}

async function managedAmong(stored: PackagingGroups): Promise<string[]> {
  const managed: string[] = [];
  for (const id of await stored.list())
    if ((await stored.find(id))?.group.egress === 'mediapackage-vod') managed.push(id);
  return managed;
}

async function whoWeAre(users: readonly string[]): Promise<string> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  try {
    const { Arn = 'nobody' } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
    return Arn;
  } catch (error) {
    const { name, message } = error as Error;
    const what = `AWS does not say who we are, which ${users.join(', ')} needs: ${name}: ${message.slice(0, 300)}`;
    throw new Failure('aws_credentials', what, { cause: error });
  }
}

/** @returns ids of all packaging groups */
async function listGroups(): Promise<string[]> {
  const { sdk, client } = await awsClients().mediaPackage();
  try {
    const ids: string[] = [];
    for await (const { PackagingGroups = [] } of sdk.paginateListPackagingGroups({ client }, {}))
      ids.push(...PackagingGroups.flatMap(({ Id }) => (Id === undefined ? [] : [Id])));
    return ids;
  } catch (error) {
    throw awsFailure(error, 'list packaging groups');
  }
}
