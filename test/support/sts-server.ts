import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { loopbackServer } from './http-server.js';
import { S3Error } from './s3-error.js';
import type { S3Server } from './s3-server.js';
import { checkSignature } from './s3-signature.js';

/** A stand-in for AWS STS (API Reference, `AssumeRole`): checks signatures and trust, and makes sessions that a stand-in for S3 takes. */
export interface StsServer {
  readonly endpoint: string;
  /** Roles that trust the caller, each with the external ID that it asks for. */
  readonly roles: Map<string, string | undefined>;
  /** Role and session name of each session that was given. */
  readonly given: { readonly role: string; readonly session: string }[];
  /** seconds that its sessions last */
  duration: number;
  /** Answers in place of the service, as long as it is set. */
  fault: { readonly status: number; readonly code: string } | undefined;
}

export async function startStsServer(s3: S3Server): Promise<StsServer> {
  const { accessKeyId, secretAccessKey } = s3.credentials;
  const secrets = new Map([[accessKeyId, secretAccessKey]]);
  const server = await loopbackServer(async (request, response) => {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://sts');
    const send = (status: number, xml: string): void =>
      void response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    try {
      if (state.fault) throw new S3Error(state.fault.status, state.fault.code, 'A test asked for this');
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const signed = { method: 'POST', path: url.pathname, query: url.searchParams, headers: request.headers };
      checkSignature({ ...signed, service: 'sts', bodyHash }, secrets, Date.now());
      send(200, assumed(new URLSearchParams(body)));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { status, code, message } = error;
      send(status, `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
    }
  });

  function assumed(given: URLSearchParams): string {
    const role = given.get('RoleArn') ?? '';
    const session = given.get('RoleSessionName') ?? '';
    if (given.get('Action') !== 'AssumeRole' || given.get('Version') !== '2011-06-15')
      throw new S3Error(400, 'InvalidAction', 'Only AssumeRole is known');
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) throw new S3Error(400, 'ValidationError', 'RoleSessionName is not valid');
    if (!state.roles.has(role) || state.roles.get(role) !== (given.get('ExternalId') ?? undefined))
      throw new S3Error(403, 'AccessDenied', `${accessKeyId} is not authorized to perform: sts:AssumeRole on ${role}`);
    const id = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const credentials = {
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(30).toString('base64'),
    };
    s3.sessions.set(id, credentials);
    state.given.push({ role, session });
    const expiration = new Date(Date.now() + state.duration * 1000).toISOString();
    return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>
      <SessionToken>${credentials.sessionToken}</SessionToken><Expiration>${expiration}</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  }

  const state: StsServer = { endpoint: server.origin, roles: new Map(), given: [], duration: 3600, fault: undefined };
  return state;
}
