import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { App, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Template } from 'aws-cdk-lib/assertions';
import { allSettings, readConfig } from '../../../src/config/config.js';
import { readEnvironment } from '../../../src/config/environment.js';
import type { Settings } from '../../../src/domain/setting.js';
import { readParameters } from '../lib/parameters.js';
import { secretSettings, stackSettings } from '../lib/secret-settings.js';
import { SettingsSecrets } from '../lib/settings-secrets.js';
import { example, synthesize, textOf } from './synthesize.js';

/** A value of the template as CloudFormation makes it: with the secret that a reference names. */
function resolved(value: unknown, secret: string): string {
  return textOf(value).replaceAll(/\{\{resolve:secretsmanager:<\w+>:SecretString:::\}\}/g, secret);
}

describe('the secrets of settings', () => {
  const template = synthesize();
  const secrets = Object.entries(template.findResources('AWS::SecretsManager::Secret'));
  const generated = 'a'.repeat(43);

  it('start the first deployment: the server listens for others, and its first token is one that Reelway and the state machine take', () => {
    const [, firstToken] = secrets.find(([id]) => id.includes('FirstToken'))!;
    assert.deepEqual(firstToken.Properties.GenerateSecretString, { PasswordLength: 43, ExcludePunctuation: true });
    const [container] = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(
      ({ Properties }) => Properties.ContainerDefinitions[0],
    );
    // As ECS fills in the variables of a container: key `value` of the secret that is named.
    const variables: Record<string, string> = {};
    for (const { Name, ValueFrom } of container.Secrets) {
      const [, id, key] = /^<(\w+)>:(\w+)::$/.exec(textOf(ValueFrom)) ?? [];
      const secret = secrets.find(([each]) => each === id)?.[1];
      if (Name.startsWith('PG')) continue;
      assert.equal(secret?.Properties.Name, `${example.STACK_NAME}/${Name}`);
      variables[Name] = JSON.parse(resolved(secret!.Properties.SecretString, generated))[key!];
    }
    assert.deepEqual(Object.keys(variables).sort(), [...secretSettings].sort());
    const config = readConfig(readEnvironment(tmpdir(), { ...variables, REELWAY_HOST: '0.0.0.0' }));
    assert.deepEqual(config.REELWAY_API_TOKENS, [{ name: 'stack', role: 'admin', secret: generated }]);
    const [connection] = Object.values(template.findResources('AWS::Events::Connection'));
    const { ApiKeyName, ApiKeyValue } = connection!.Properties.AuthParameters.ApiKeyAuthParameters;
    assert.deepEqual([ApiKeyName, resolved(ApiKeyValue, generated)], ['Authorization', `Bearer ${generated}`]);
  });

  it('keep what operators put in when a release brings another setting: CloudFormation writes none of them anew', () => {
    const secretsWith = (...settings: string[]) => {
      const stack = new Stack(new App(), 'Release');
      const encryptionKey = new kms.Key(stack, 'Key');
      new SettingsSecrets(stack, 'Secrets', { stackName: 'reelway', encryptionKey, settings });
      return Template.fromStack(stack).findResources('AWS::SecretsManager::Secret');
    };
    const before = secretsWith('REELWAY_API_TOKENS', 'ZOOM_CLIENT_SECRET');
    const after = secretsWith('A_NEW_ONE', 'REELWAY_API_TOKENS', 'ZOOM_CLIENT_SECRET');
    assert.equal(Object.keys(after).length, Object.keys(before).length + 1);
    for (const [id, secret] of Object.entries(before)) assert.deepEqual(after[id], secret);
  });
});

describe('parameters of settings', () => {
  it('that Reelway masks have a secret or are set by the stack', () => {
    const masked = Object.entries(allSettings as Settings).flatMap(([name, { mask }]) => (mask ? [name] : []));
    assert.ok(masked.length > 5);
    const known: string[] = [...secretSettings, ...stackSettings];
    assert.deepEqual(
      masked.filter((name) => !known.includes(name)),
      [],
    );
    assert.deepEqual(
      known.filter((name) => !(name in allSettings)),
      [],
    );
  });

  it('that are no secrets may be given, whatever their names sound like', () => {
    const { settings } = readParameters({ ...example, REELWAY_SETTINGS: '{"OPENCAST_TOKEN_HEADER":"X-Token"}' });
    assert.deepEqual(settings, { OPENCAST_TOKEN_HEADER: 'X-Token' });
  });
});
