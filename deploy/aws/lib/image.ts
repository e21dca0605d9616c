import { Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { Parameters } from './parameters.js';

/** A repository of ECR, as its address names account, region and name. */
const ecrPattern = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/;

/** The image that is to run. Where it lies in ECR, whatever starts it is allowed to pull it; other registries have to let everybody. */
export function imageOf(scope: Construct, { image, version }: Parameters): ecs.ContainerImage {
  const [, account, region, repositoryName] = ecrPattern.exec(image) ?? [];
  if (repositoryName === undefined) return ecs.ContainerImage.fromRegistry(`${image}:${version}`);
  const { partition } = Stack.of(scope);
  const repositoryArn = `arn:${partition}:ecr:${region}:${account}:repository/${repositoryName}`;
  const repository = ecr.Repository.fromRepositoryAttributes(scope, 'Image', { repositoryArn, repositoryName });
  return ecs.ContainerImage.fromEcrRepository(repository, version);
}
