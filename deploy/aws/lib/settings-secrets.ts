import { SecretValue } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { explain } from './explain.js';
import { secretSettings } from './secret-settings.js';

/** Name of the token that the stack makes: who asks with it is called so in Reelway. */
const firstTokenName = 'stack';
/** The one key of each secret: a secret of Secrets Manager cannot be empty, a text in it can. */
const key = 'value';

export interface SettingsSecretsProps {
  readonly stackName: string;
  readonly encryptionKey: kms.IKey;
  /** default: those of Reelway */
  readonly settings?: readonly string[];
}

/**
 * Reelway's secret settings, each a secret of its own, `<stack>/<setting>`. What stands in the template of one never changes, so CloudFormation writes it
 * once; what operators put in stays, also when a release brings another setting. They come empty, which counts as not given, but for one token:
 * Reelway listens for others only when it knows whom it may answer.
 */
export class SettingsSecrets extends Construct {
  /** The secret of the first token, without its name. */
  readonly firstToken: secretsmanager.Secret;
  private readonly secrets: ReadonlyMap<string, secretsmanager.Secret>;

  constructor(scope: Construct, id: string, props: SettingsSecretsProps) {
    super(scope, id);
    const { stackName, encryptionKey, settings = secretSettings } = props;
    this.firstToken = new secretsmanager.Secret(this, 'FirstToken', {
      description: `First API token of ${stackName}, which its state machine uses`,
      encryptionKey,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    explain(this.firstToken, { 'AwsSolutions-SMG4': 'Changed together with REELWAY_API_TOKENS.' });
    // A reference that CloudFormation resolves: the token does not stand in the template.
    const token = `${firstTokenName}:${this.firstToken.secretValue.unsafeUnwrap()}`;
    const secretOf = (name: string) => {
      const secret = new secretsmanager.Secret(this, name, {
        secretName: `${stackName}/${name}`,
        description: `Setting ${name} of ${stackName}, as {"${key}":"..."}: fill in, then restart the services`,
        encryptionKey,
        secretObjectValue: { [key]: SecretValue.unsafePlainText(name === 'REELWAY_API_TOKENS' ? token : '') },
      });
      explain(secret, { 'AwsSolutions-SMG4': 'Secrets of Zoom and Opencast are rotated there.' });
      return secret;
    };
    this.secrets = new Map(settings.map((name) => [name, secretOf(name)]));
  }

  /** Each setting as a variable of a container. */
  forContainer(): Record<string, ecs.Secret> {
    return Object.fromEntries(
      [...this.secrets].map(([name, secret]) => [name, ecs.Secret.fromSecretsManager(secret, key)]),
    );
  }
}
