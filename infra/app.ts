import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions, FUNCTION_BUNDLES } from './bundle.ts';
import { readStage, type StageConfig, StageError } from './config.ts';
import { defineStacks } from './define-stacks.ts';

const app = new App();
const config = stageOf(app);
await bundleFunctions();
defineStacks(app, config, FUNCTION_BUNDLES);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();

/** An operator's mistake is answered with a sentence, not with our stack trace. */
function stageOf({ node }: App): StageConfig {
  try {
    return readStage(String(node.getContext('stage')));
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
