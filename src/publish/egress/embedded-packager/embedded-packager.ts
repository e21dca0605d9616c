import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import { refuseUnsupported } from '../../../packager/packager.js';
import type { Egress, EndpointJob } from '../egress.js';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingTools } from './packaging-job.js';
import { produceEndpoints } from './produce-endpoints.js';
import { beginShared, producePart, type SharedJob } from './produce-part.js';

/** Egress by Reelway's own packager: no AWS account, nothing but the source and a store. */
export function embeddedPackager(tools: PackagingTools): Egress {
  return {
    check: checkConfiguration,

    async produce(job, report) {
      const { endpoint, ...rest } = sharedJob(job);
      const [result] = await produceEndpoints(tools, { ...rest, endpoints: [endpoint] }, report);
      if (!result) throw new Error('one endpoint was asked for and none came back');
      return result;
    },
    begin: (job) => beginShared(tools, sharedJob(job)),
    producePart: (job, part, report) => producePart(tools, sharedJob(job), part, report),
  };
}

function sharedJob({ assetId, configuration, destination, ...given }: EndpointJob): SharedJob {
  const { source, sourceRole, bucket, signal } = given;
  const endpoint = { assetId, configuration, destination };
  return {
    ...{ source, endpoint },
    ...(sourceRole !== undefined && { sourceRole }),
    ...(bucket !== undefined && { bucket }),
    ...(signal && { signal }),
  };
}

/** @throws Failure configuration_unsupported that names every field which the packager cannot honour */
export function checkConfiguration(configuration: PackagingConfiguration): void {
  try {
    refuseUnsupported(configuration);
  } catch (error) {
    throw packagingFailure(error);
  }
}
