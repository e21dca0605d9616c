import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import { refusalsOf, refuseUnsupported, verdicts, type Refusal } from '../../../packager/packager.js';
import type { Egress, EndpointJob, EndpointResult } from '../egress.js';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingJob, PackagingTools } from './packaging-job.js';
import { produceEndpoints, produceUpTo } from './produce-endpoints.js';
import { producePart } from './produce-part.js';

/** Egress by Reelway's own packager: no AWS account, nothing but the source and a store. */
export function embeddedPackager(tools: PackagingTools): Egress {
  return {
    check: checkConfiguration,

    produce: async (job, report) => only(await produceEndpoints(tools, packagingJob(job), report)),
    async produceUpTo(most, job, report) {
      const made = await produceUpTo(most, tools, packagingJob(job), report);
      return 'left' in made ? made : only(made);
    },
    producePart: (job, part, report) => producePart(tools, packagingJob(job), part, report),
  };
}

function packagingJob({ assetId, configuration, destination, ...given }: EndpointJob): PackagingJob {
  return { ...given, endpoints: [{ assetId, configuration, destination }] };
}

function only([result]: readonly EndpointResult[]): EndpointResult {
  if (!result) throw new Error('one endpoint was asked for and none came back');
  return result;
}

/** @throws Failure configuration_unsupported that names every field which the packager cannot honour */
export function checkConfiguration(configuration: PackagingConfiguration): void {
  try {
    refuseUnsupported(configuration);
  } catch (error) {
    throw packagingFailure(error);
  }
}

/** What the packager cannot honour, for who shows it field by field. */
export const packagingVerdicts = {
  /** Everything in a configuration that is refused. */
  refusals: (configuration: PackagingConfiguration): readonly Refusal[] => refusalsOf(configuration),
  /** Fields that are never honoured, each with the reason. */
  refused: Object.fromEntries(
    Object.entries(verdicts).flatMap(([field, verdict]) => (verdict === 'honoured' ? [] : [[field, verdict.refused]])),
  ) as Readonly<Record<string, string>>,
};
