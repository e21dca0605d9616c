import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, awsListener, type AwsCall, type NoAnswer } from './aws-listener.js';
import { loopbackServer, type LoopbackServer } from './http-server.js';

export const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:MediaPackage/cdn-AbCdEf';

/**
 * A stand-in for MediaPackage VOD with one packaging group, for the endpoints that it makes, and for Secrets Manager and SNS beside it: what is
 * not signed, or not as the model of its service says, is refused. Every asset has the endpoints `hls` and `hls2`.
 */
export interface MediaPackageServer {
  readonly origin: string;
  readonly requests: LoopbackServer['requests'];
  readonly assets: Map<string, Record<string, unknown>>;
  group: Record<string, unknown>;
  /** Status of the endpoints at each further look; the last one stays. */
  statuses: (string | undefined)[];
  /** Of assets made from now on. */
  createdAt: string;
  secret: string;
  /** What it becomes once it was read. */
  rotatedSecret: string | undefined;
  /** What it was before. */
  previousSecret: string | undefined;
  secretReads: number;
  /** The value that the origin lets in; undefined: the header is refused with 404, as MediaPackage does. */
  identifier: string | undefined;
  /** What SNS was told, in order: the messages, which are JSON. */
  readonly told: Record<string, unknown>[];
  /** Errors in place of answers. */
  fault: (call: AwsCall) => AwsError | NoAnswer | undefined;
}

/** Ends with the test that starts it. */
export async function startMediaPackageServer(
  credentials: Parameters<typeof awsListener>[0]['credentials'],
): Promise<MediaPackageServer> {
  const server = await loopbackServer(
    awsListener({
      credentials,
      answers: { 'mediapackage-vod': mediaPackage, secretsmanager: secretsManager, sns },
      otherwise: (request, response) => playback(state, request, response),
    }),
  );
  const state: MediaPackageServer = {
    origin: server.origin,
    requests: server.requests,
    assets: new Map(),
    group: { id: 'group' },
    statuses: ['PLAYABLE'],
    createdAt: new Date().toISOString(),
    secret: '',
    rotatedSecret: undefined,
    previousSecret: undefined,
    secretReads: 0,
    identifier: undefined,
    told: [],
    fault: () => undefined,
  };
  return state;

  function mediaPackage(call: AwsCall): object {
    fail(call);
    const { operation, parameters } = call;
    const id = String(parameters.id);
    if (operation === 'DescribePackagingGroup') return state.group;
    if (operation === 'ListPackagingConfigurations') return configurations(parameters);
    if (operation === 'CreateAsset') state.assets.set(id, { ...parameters, createdAt: state.createdAt });
    if (!state.assets.has(id)) throw new AwsError(404, 'NotFoundException', 'no such asset');
    return described(id);
  }

  /** A page each. */
  function configurations({ packagingGroupId, nextToken }: AwsCall['parameters']): object {
    if (packagingGroupId !== state.group.id) return { packagingConfigurations: [] };
    const second = nextToken === 'second';
    const packagingConfigurations = [{ id: second ? 'hls2' : 'hls', packagingGroupId }];
    return { packagingConfigurations, ...(!second && { nextToken: 'second' }) };
  }

  function described(id: string): object {
    const status = state.statuses.length > 1 ? state.statuses.shift() : state.statuses[0];
    const endpoint = (name: string) => ({
      packagingConfigurationId: name,
      url: `${server.origin}/out/v1/a/${name}/b/index.m3u8`,
      ...(status !== undefined && { status }),
    });
    return { ...state.assets.get(id), egressEndpoints: [endpoint('hls'), endpoint('hls2')] };
  }

  function secretsManager(call: AwsCall): object {
    fail(call);
    if (call.parameters.SecretId !== secretArn) throw new AwsError(400, 'ResourceNotFoundException', 'no such secret');
    state.secretReads++;
    if (call.parameters.VersionStage === 'AWSPREVIOUS') {
      if (state.previousSecret !== undefined) return { ARN: secretArn, SecretString: state.previousSecret };
      throw new AwsError(400, 'ResourceNotFoundException', 'no such version');
    }
    const answer = { ARN: secretArn, SecretString: state.secret };
    state.secret = state.rotatedSecret ?? state.secret;
    return answer;
  }

  function sns(call: AwsCall): object {
    fail(call);
    if (call.operation !== 'Publish') return {};
    state.told.push(JSON.parse(String(call.parameters.Message)) as Record<string, unknown>);
    return { MessageId: String(state.told.length) };
  }

  function fail(call: AwsCall): void {
    const error = state.fault(call);
    if (error) throw error;
  }
}

/** One rendition of one segment, with the folders and queries of MediaPackage's addresses. */
function playback(
  { identifier }: MediaPackageServer,
  { url = '', headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const given = headers['x-mediapackage-cdnidentifier'];
  if (identifier === undefined && given !== undefined) return void response.writeHead(404).end();
  if (identifier !== given) return void response.writeHead(403).end();
  if (/^\/out\/v1\/a\/hls2?\/b\/index\.m3u8$/.test(url))
    return void response.end('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n../../c/d/v.m3u8?m=1\n');
  if (url === '/out/v1/a/c/d/v.m3u8?m=1')
    return void response.end('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\ne/1.ts?m=1\n#EXT-X-ENDLIST\n');
  response.end(`G${url}`);
}
