import { ArnFormat, SecretValue, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { explain } from './explain.js';
import { submitDefinition } from './submit-definition.js';

export interface SubmitProps {
  readonly endpoint: string;
  readonly key: kms.Key;
  readonly name: string;
  /** What the state machine asks with. */
  readonly token: secretsmanager.ISecret;
}

/** A state machine for whoever starts executions of the predecessor's today. */
export class Submit extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { endpoint, key, name, token }: SubmitProps) {
    super(scope, id);
    const connection = new events.Connection(this, 'Reelway', {
      // Resolved by CloudFormation, and kept by EventBridge in a secret of its own.
      authorization: events.Authorization.apiKey(
        'Authorization',
        SecretValue.unsafePlainText(`Bearer ${token.secretValue.unsafeUnwrap()}`),
      ),
    });
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.SIX_MONTHS, encryptionKey: key });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: name,
      definitionBody: sfn.DefinitionBody.fromString(
        JSON.stringify(submitDefinition({ endpoint, connectionArn: connection.connectionArn })),
      ),
      tracingEnabled: true,
      // Not the data: addresses of sources may be signed.
      logs: { destination: log, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    this.machine.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['states:InvokeHTTPEndpoint'],
        // By name: its policy cannot wait for the machine that waits for the policy.
        resources: [
          Stack.of(this).formatArn({
            service: 'states',
            resource: 'stateMachine',
            resourceName: name,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
        conditions: { StringLike: { 'states:HTTPEndpoint': `${endpoint}/api/*` } },
      }),
    );
    this.machine.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['events:RetrieveConnectionCredentials'],
        resources: [connection.connectionArn],
      }),
    );
    this.machine.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        resources: [connection.connectionSecretArn],
      }),
    );
    explain(this.machine, {
      'AwsSolutions-IAM5[Resource::*]': 'Delivery of logs and X-Ray have no narrower resource.',
    });
  }
}
