import { SecretValue } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { explain } from './explain.js';
import { secretSettings } from './secret-settings.js';

/** Name of the token that the stack makes: who asks with it is called so in Reelway. */
const firstTokenName = 'stack';

/**
 * The secret whose keys are Reelway's secret settings. It comes with one token, because Reelway listens for others only when it knows whom it may
 * answer; the rest is empty, which counts as not given, until somebody fills it in.
 */
export class SettingsSecret extends Construct {
  readonly settings: secretsmanager.Secret;
  /** The secret of the first token, without its name. */
  readonly firstToken: secretsmanager.Secret;

  constructor(scope: Construct, id: string, { stackName, key }: { stackName: string; key: kms.Key }) {
    super(scope, id);
    this.firstToken = new secretsmanager.Secret(this, 'FirstToken', {
      description: `First API token of ${stackName}, which its state machine uses`,
      encryptionKey: key,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    // A reference that CloudFormation resolves: the token does not stand in the template.
    const token = `${firstTokenName}:${this.firstToken.secretValue.unsafeUnwrap()}`;
    this.settings = new secretsmanager.Secret(this, 'Settings', {
      description: `Secret settings of ${stackName}: fill in, then restart the services`,
      encryptionKey: key,
      secretObjectValue: Object.fromEntries(
        secretSettings.map((name) => [name, SecretValue.unsafePlainText(name === 'REELWAY_API_TOKENS' ? token : '')]),
      ),
    });
    explain(this.firstToken, { 'AwsSolutions-SMG4': 'Changed together with REELWAY_API_TOKENS.' });
    explain(this.settings, { 'AwsSolutions-SMG4': 'Secrets of Zoom and Opencast are rotated there.' });
  }

  /** Each setting as a variable of a container. */
  forContainer(): Record<string, ecs.Secret> {
    return Object.fromEntries(secretSettings.map((name) => [name, ecs.Secret.fromSecretsManager(this.settings, name)]));
  }
}
