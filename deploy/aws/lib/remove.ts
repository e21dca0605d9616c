import { ask, run, type Place } from './programs.js';

/** What guards a resource of a type against deletion, and takes the guard off. CloudFormation does not by itself: the removal would fail half-way. */
const guards: Readonly<Record<string, (id: string) => readonly string[]>> = {
  'AWS::RDS::DBCluster': (id) => [
    ...['rds', 'modify-db-cluster', '--db-cluster-identifier', id],
    ...['--no-deletion-protection', '--apply-immediately'],
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (id) => [
    ...['elbv2', 'modify-load-balancer-attributes', '--load-balancer-arn', id],
    ...['--attributes', 'Key=deletion_protection.enabled,Value=false'],
  ],
};

/**
 * Removes a stack, whatever state it is in, and waits until it is gone. Buckets, keys and a snapshot of the database stay, as the template says.
 * @throws Error where it is not there, or something does not let itself be removed
 */
export async function remove(stack: string, place: Place): Promise<void> {
  for (const { type, id } of await resourcesOf(stack, place)) {
    const unguard = guards[type];
    if (unguard) await aws(unguard(id), place);
  }
  await aws(['cloudformation', 'delete-stack', '--stack-name', stack], place);
  await run('aws', ['cloudformation', 'wait', 'stack-delete-complete', '--stack-name', stack], place);
}

async function resourcesOf(
  stack: string,
  place: Place,
): Promise<readonly { readonly type: string; readonly id: string }[]> {
  const answer = await aws(
    ['cloudformation', 'list-stack-resources', '--stack-name', stack, '--output', 'json'],
    place,
  );
  const { StackResourceSummaries: listed } = JSON.parse(answer) as {
    StackResourceSummaries: { ResourceType: string; PhysicalResourceId?: string; ResourceStatus: string }[];
  };
  return listed
    .filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE')
    .flatMap(({ ResourceType: type, PhysicalResourceId: id }) => (id ? [{ type, id }] : []));
}

async function aws(words: readonly string[], place: Place): Promise<string> {
  const { ok, answer, complaint } = await ask('aws', words, place);
  if (!ok) throw new Error(`aws ${words.slice(0, 2).join(' ')}: ${complaint}`);
  return answer;
}
