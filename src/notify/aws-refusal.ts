import { Failure } from '../domain/failure.js';

/** What an AWS service's error means for a notice: most of 4xx is for good; being throttled is not. */
export function awsRefusal(error: unknown, service: string, target: string): Failure {
  const name = error instanceof Error ? error.name : 'unknown error';
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const refused = status !== undefined && status >= 400 && status < 500 && status !== 429 && !/Throttl/.test(name);
  return new Failure(
    refused ? 'notice_refused' : 'notice_undeliverable',
    `${service} did not take a notice for ${target}: ${name}`,
    { details: { target, ...(status !== undefined && { status }) }, cause: error },
  );
}
