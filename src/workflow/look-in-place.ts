import { z } from 'zod';
import { assetRequestSchema, identifierSchema, type AssetRequest } from '../domain/asset.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress } from '../publish/egress/managed-egress.js';
import { defineWorkflow } from './definition.js';
import { lookedAt } from './harvest.js';

export interface LookInput {
  readonly request: AssetRequest;
  readonly configurationId: string;
}

/**
 * Is an endpoint that was harvested once still whole? Asked before its asset is made known to the packaging service. A job of its own below its
 * asset's, because the answer takes what a harvest takes: all of it is read.
 */
export function lookInPlace(services: { readonly managedEgress: Pick<ManagedEgress, 'findComplete'> }) {
  return defineWorkflow<LookInput, EndpointResult | null>({
    name: 'look-in-place',
    queue: 'harvests',
    input: z.object({ request: assetRequestSchema, configurationId: identifierSchema }),
    share: ({ request }) => request.packagingGroupId,
    title: ({ request, configurationId }) => `asset ${request.id}, look for ${configurationId} in storage`,
    run: (input, job) => lookedAt(services.managedEgress, input, job),
  });
}
