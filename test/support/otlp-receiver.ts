import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as it was received, with what tests ask of it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' at the top of a trace */
  readonly parentSpanId: string;
  /** `service.instance.id` of the process that sent it */
  readonly instance: string;
  /** as OpenTelemetry numbers them: 1 internal, 2 server, 3 client, 5 consumer */
  readonly kind: number;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** what a collector would have refused */
  readonly refused: readonly string[];
  readonly close: () => Promise<void>;
}

/** Of ExportTraceServiceRequest in JSON (OTLP 1.x, "JSON Protobuf Encoding"): ids are hexadecimal there. */
interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'parentSpanId' | 'instance'> & { readonly parentSpanId?: string })[];
    }[];
  }[];
}

/** Takes traces by OTLP/HTTP as a collector does: `POST /v1/traces`, JSON, ids of 16 and 8 bytes that are not zero. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const refused: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const wrong = take(`${request.method} ${request.url} ${request.headers['content-type']}`, body);
      if (wrong) refused.push(wrong);
      response.writeHead(wrong ? 400 : 200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  function take(asked: string, body: string): string | undefined {
    if (asked !== 'POST /v1/traces application/json') return asked;
    for (const { resource, scopeSpans } of (JSON.parse(body) as TraceRequest).resourceSpans) {
      const instance = resource.attributes.find(({ key }) => key === 'service.instance.id')?.value.stringValue ?? '';
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        if (!isId(span.traceId, 32) || !isId(span.spanId, 16)) return `ids of ${span.name}`;
        const { name, traceId, spanId, kind, parentSpanId = '' } = span;
        spans.push({ ...{ name, traceId, spanId, kind, parentSpanId }, instance });
      }
    }
    return undefined;
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, refused },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections(); // exporters keep theirs
      }),
  };
}

function isId(text: string, digits: number): boolean {
  return new RegExp(`^[0-9a-f]{${digits}}$`).test(text) && !/^0+$/.test(text);
}
