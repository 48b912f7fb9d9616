import { App } from 'aws-cdk-lib';
import { bundleFunctions, FUNCTION_BUNDLES } from './bundle.ts';
import { readStage } from './config.ts';
import { defineStacks } from './define-stacks.ts';

const app = new App();
const config = readStage(String(app.node.getContext('stage')));
await bundleFunctions();
defineStacks(app, config, FUNCTION_BUNDLES);
app.synth();
