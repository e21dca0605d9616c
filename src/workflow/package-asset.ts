import { z } from 'zod';
import { assetRequestSchema, jobIdOfEndpoint, type AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import { noticeOfAsset, type EndpointFailure, type EndpointSuccess } from '../notify/notice.js';
import { defineWorkflow, type ChildOutcome, type WorkflowDefinition } from './definition.js';
import type { EndpointInput } from './package-endpoint.js';
import type { TellInput } from './tell.js';

export interface AssetInput {
  readonly request: AssetRequest;
  /** Of the packaging group, as they were when the request was accepted. */
  readonly configurations: readonly PackagingConfiguration[];
}

export interface AssetResult {
  readonly endpoints: readonly EndpointSuccess[];
}

/**
 * An asset of a packaging group: every endpoint in parallel, then somebody is told. An endpoint that fails stops neither the others nor
 * the notice. Its job id is `asset:<id>`.
 */
export function packageAsset({
  packageEndpoint,
  tell,
  targets,
}: {
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
  readonly tell: WorkflowDefinition<TellInput, null>;
  /** How many targets are told; each has a job of its own. */
  readonly targets: number;
}) {
  return defineWorkflow<AssetInput, AssetResult>({
    name: 'package-asset',
    queue: 'assets',
    input: z.object({ request: assetRequestSchema, configurations: z.array(packagingConfigurationSchema).min(1) }),
    title: ({ request }) => `asset ${request.id}`,

    async run({ request, configurations }, job) {
      const children = [];
      for (const configuration of configurations) {
        const id = jobIdOfEndpoint(request.id, configuration.Id);
        children.push(await job.startChild(packageEndpoint, id, { request, configuration }));
      }
      const outcomes = await job.settleChildren(children);
      const { succeeded, failed } = sorted(outcomes, configurations);

      const run = await job.step('name this run', () => Promise.resolve(crypto.randomUUID()));
      const notice = noticeOfAsset({ request, run, succeeded, failed });
      for (let target = 0; target < targets; target++) {
        await job.startJob(tell, `notice:${notice.id}:${target + 1}`, { notice, target });
      }
      if (failed.length > 0) throw endpointsFailed(request, failed, outcomes.length);
      return { endpoints: succeeded };
    },
  });
}

function sorted(outcomes: readonly ChildOutcome<EndpointSuccess>[], configurations: readonly PackagingConfiguration[]) {
  const succeeded: EndpointSuccess[] = [];
  const failed: EndpointFailure[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'done') succeeded.push(outcome.result);
    else
      failed.push({
        configurationId: configurations[index]?.Id ?? outcome.id,
        code: outcome.failure.code,
        message: outcome.failure.message,
      });
  }
  return { succeeded, failed };
}

function endpointsFailed(request: AssetRequest, failed: readonly EndpointFailure[], total: number): Failure {
  const reasons = failed.map(({ configurationId, code, message }) => `${configurationId}: ${message} [${code}]`);
  return new Failure(
    'endpoints_failed',
    `${failed.length} of ${total} endpoints of asset ${request.id} failed: ${reasons.join('; ')}`,
    {
      details: { asset: request.id, endpoints: failed.map(({ configurationId }) => configurationId) },
    },
  );
}
