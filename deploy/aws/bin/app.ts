import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readParameters } from '../lib/parameters.js';
import { ReelwayStack } from '../lib/reelway-stack.js';

const parameters = readParameters(process.env);
const app = new App();
new ReelwayStack(app, {
  parameters,
  // The account is that of the credentials; without them (to synthesize only) it stays open.
  env: {
    region: process.env.CDK_DEFAULT_REGION ?? process.env.AWS_REGION ?? 'us-east-1',
    ...(process.env.CDK_DEFAULT_ACCOUNT && { account: process.env.CDK_DEFAULT_ACCOUNT }),
  },
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
