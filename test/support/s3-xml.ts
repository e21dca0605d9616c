import type { ServerResponse } from 'node:http';
import { S3Error } from './s3-error.js';

/** Answers as XML, which is what S3 speaks, and what is read of requests in XML. */

export function sendError(
  { method, bucket, key }: { readonly method: string; readonly bucket: string; readonly key: string },
  error: unknown,
  response: ServerResponse,
): void {
  const problem =
    error instanceof S3Error
      ? error
      : new S3Error(500, 'InternalError', error instanceof Error ? error.message : 'unknown');
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.writeHead(problem.status, { 'content-type': 'application/xml', connection: 'close', ...problem.headers });
  const body = `<Code>${problem.code}</Code><Message>${xml(problem.message)}</Message><Resource>/${xml(bucket)}/${xml(key)}</Resource>`;
  response.end(method === 'HEAD' ? undefined : `${declaration}<Error>${body}<RequestId>0</RequestId></Error>`);
}

export function sendXml(response: ServerResponse, root: string, elements: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements.join('')}</${root}>`);
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function element(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1];
}

export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
