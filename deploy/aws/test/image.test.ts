import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Template } from 'aws-cdk-lib/assertions';
import { example, synthesize, textOf } from './synthesize.js';

/** Each task's image, and what whatever starts the task may do at registries; where. */
function tasksOf(template: Template) {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => {
    const [executionRole] = Properties.ExecutionRoleArn['Fn::GetAtt'];
    const statements = policies
      .filter(({ Properties: { Roles } }) => Roles.some(({ Ref }: { Ref: string }) => Ref === executionRole))
      .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement);
    const ecr = statements.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action: string) => (action.startsWith('ecr:') ? [`${action} ${textOf(Resource)}`] : [])),
    );
    return { image: textOf(Properties.ContainerDefinitions[0].Image), ecr: ecr.sort() };
  });
}

describe('the image', () => {
  it('is pulled from ECR, of whatever account and region, by who starts the tasks', () => {
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/media/reelway';
    const tasks = tasksOf(synthesize({ REELWAY_IMAGE: image }));
    const repository = 'arn:<AWS::Partition>:ecr:eu-west-1:123456789012:repository/media/reelway';
    assert.equal(tasks.length, 2);
    for (const task of tasks)
      assert.deepEqual(task, {
        image: '123456789012.dkr.ecr.eu-west-1.<AWS::URLSuffix>/media/reelway:v1.2.3',
        ecr: [
          `ecr:BatchCheckLayerAvailability ${repository}`,
          `ecr:BatchGetImage ${repository}`,
          'ecr:GetAuthorizationToken *',
          `ecr:GetDownloadUrlForLayer ${repository}`,
        ],
      });
  });

  it('of another registry is taken as it is named', () => {
    for (const task of tasksOf(synthesize()))
      assert.deepEqual(task, { image: `${example.REELWAY_IMAGE}:v1.2.3`, ecr: [] });
  });
});
