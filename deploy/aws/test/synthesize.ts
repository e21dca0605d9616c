import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readParameters } from '../lib/parameters.js';
import { ReelwayStack } from '../lib/reelway-stack.js';

export const example: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(new URL('example.env', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('=', 2) as [string, string]),
);

const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/**
 * The template of the example's parameters and these.
 * @throws Error when a rule of cdk-nag is broken without an explanation
 */
export function synthesize(parameters: Readonly<Record<string, string>> = {}): Template {
  const app = new App({ context });
  const stack = new ReelwayStack(app, {
    parameters: readParameters({ ...example, ...parameters }),
    env: { region: 'us-east-1' },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return Template.fromStack(stack);
}

/** A value of the template as text: joined, with `<name>` for what CloudFormation knows. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: reference } = value as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(textOf).join(String(join[0]));
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  return `<${String(reference)}>`;
}
