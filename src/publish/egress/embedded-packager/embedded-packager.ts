import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import { refuseUnsupported } from '../../../packager/packager.js';
import type { Egress } from '../egress.js';
import { packagingFailure } from './packaging-failure.js';
import { produceEndpoints, type PackagingTools } from './produce-endpoints.js';

/** Egress by Reelway's own packager: no AWS account, nothing but the source and a store. */
export function embeddedPackager(tools: PackagingTools): Egress {
  return {
    check: checkConfiguration,

    async produce({ assetId, source, configuration, bucket, destination, signal }, report) {
      const endpoints = [{ assetId, configuration, destination }];
      const job = { source, endpoints, ...(bucket !== undefined && { bucket }), ...(signal && { signal }) };
      const [result] = await produceEndpoints(tools, job, report);
      if (!result) throw new Error('one endpoint was asked for and none came back');
      return result;
    },
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
