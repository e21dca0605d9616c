import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { S3Error } from './s3-error.js';
import { checkSignature } from './s3-signature.js';
import { serviceModel } from './service-model.js';

/**
 * The front of stand-ins of AWS's services, each in its own protocol: who asks is known by Signature Version 4 for that very service, and what
 * is asked is held against AWS's model of the service where that is installed. Only what is right comes to the answers of the test.
 */
export interface AwsListenerOptions {
  readonly credentials: AwsCredentials;
  readonly answers: { readonly [Service in AwsService]?: AwsAnswer };
  /** What is asked of no service. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

type AwsService = keyof typeof protocols;

/** What is answered: fields as they are on the wire. @throws AwsError, NoAnswer */
export type AwsAnswer = (call: AwsCall) => object;

export interface AwsCall {
  readonly operation: string;
  /** by their names on the wire */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** An error by the name and status that the service gives it. */
export class AwsError extends S3Error {}

/** The connection is cut, or stays silent. */
export class NoAnswer extends Error {
  readonly connection: 'cut' | 'silent';

  constructor(connection: 'cut' | 'silent') {
    super(`no answer: ${connection}`);
    this.connection = connection;
  }
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Protocol {
  read(asked: Asked): AwsCall;
  success(response: ServerResponse, call: AwsCall, answer: object): void;
  failure(response: ServerResponse, error: S3Error): void;
}

export function awsListener({ credentials, answers, otherwise }: AwsListenerOptions) {
  const secrets = new Map([[credentials.accessKeyId, credentials.secretAccessKey]]);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const service = serviceOf(request);
    if (service === undefined && otherwise) return otherwise(request, response);
    const protocol = protocols[service ?? 'mediapackage-vod'];
    const body = await text(request);
    try {
      const answer = service && answers[service];
      if (!answer) throw new AwsError(403, 'MissingAuthenticationTokenException', 'Nothing of this is signed.');
      const { method = '', headers } = request;
      const url = new URL(request.url ?? '/', 'http://aws');
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const signed = { method, path: url.pathname, query: url.searchParams, headers, service, bodyHash };
      checkSignature(signed, secrets, Date.now());
      const call = protocol.read({ method, url, headers, body });
      const problems = serviceModel(service)?.problemsOf(call.operation, call.parameters) ?? [];
      if (problems.length > 0) throw new AwsError(400, 'ValidationException', problems.join('; '));
      protocol.success(response, call, answer(call));
    } catch (error) {
      if (error instanceof NoAnswer) return void (error.connection === 'cut' && response.destroy());
      if (!(error instanceof S3Error)) throw error;
      protocol.failure(response, error);
    }
  };
}

/** By the scope of the signature. */
function serviceOf({ headers: { authorization = '' } }: IncomingMessage): AwsService | undefined {
  const [, service = ''] = /Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/([a-z-]+)\/aws4_request/.exec(authorization) ?? [];
  return service in protocols ? (service as AwsService) : undefined;
}

/** REST with JSON: by method and path. */
const restJson: Protocol = {
  read({ method, url, body }) {
    const [, kind = '', id] = url.pathname.split('/');
    const operation = restOperations[`${method} ${kind}${id === undefined ? '' : '/{id}'}`];
    if (operation === undefined) throw new AwsError(404, 'UnknownOperationException', `${method} ${url.pathname}`);
    const given = body === '' ? {} : (JSON.parse(body) as object);
    const asked = { ...given, ...Object.fromEntries(url.searchParams) };
    return { operation, parameters: { ...asked, ...(id !== undefined && { id: decodeURIComponent(id) }) } };
  },
  success: (response, _call, answer) => sendJson(response, 200, answer),
  failure: (response, { status, code, message }) =>
    sendJson(response, status, { message }, { 'x-amzn-errortype': code }),
};

const restOperations: Readonly<Record<string, string>> = {
  'POST assets': 'CreateAsset',
  'GET assets/{id}': 'DescribeAsset',
  'GET packaging_groups/{id}': 'DescribePackagingGroup',
  'GET packaging_configurations': 'ListPackagingConfigurations',
};

/** AWS JSON: by a header. */
const awsJson: Protocol = {
  read({ headers, body }) {
    const [, operation = ''] = /\.(\w+)$/.exec(String(headers['x-amz-target'])) ?? [];
    return { operation, parameters: JSON.parse(body) as Record<string, unknown> };
  },
  success: (response, _call, answer) => sendJson(response, 200, answer),
  failure: (response, { status, code, message }) => sendJson(response, status, { __type: code, message }),
};

/** AWS query: a form in, XML out. */
const awsQuery: Protocol = {
  read({ body }) {
    const { Action: operation = '', Version: version, ...parameters } = Object.fromEntries(new URLSearchParams(body));
    if (version !== '2010-03-31')
      throw new AwsError(400, 'InvalidAction', `${operation} of ${version ?? 'no version'}`);
    return { operation, parameters };
  },
  success: (response, { operation }, answer) =>
    void response.end(
      `<${operation}Response><${operation}Result>${xmlOf(answer)}</${operation}Result></${operation}Response>`,
    ),
  failure: (response, { status, code, message }) =>
    void response
      .writeHead(status)
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      ),
};

const protocols = { 'mediapackage-vod': restJson, secretsmanager: awsJson, sns: awsQuery } as const;

function xmlOf(answer: object): string {
  return Object.entries(answer)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('');
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
