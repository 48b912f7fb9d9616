import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions, FUNCTION_BUNDLES } from './bundle.ts';
import { readStage } from './config.ts';
import { defineStacks } from './define-stacks.ts';

const app = new App();
const config = readStage(String(app.node.getContext('stage')));
await bundleFunctions();
defineStacks(app, config, FUNCTION_BUNDLES);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
