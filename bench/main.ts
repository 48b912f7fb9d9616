/** What is claimed can be measured again by anyone: `npm run bench -- git`, `npm run bench -- render`. */
const BENCHES = {
  git: async () => (await import('./git/bench-git.ts')).benchGit,
  render: async () => (await import('./render/bench-render.ts')).benchRender,
  browse: async () => (await import('./browse/bench-browse.ts')).benchBrowse,
  load: async () => (await import('./load/bench-load.ts')).benchLoad,
  cost: async () => (await import('./cost/bench-cost.ts')).benchCost,
  cold: async () => (await import('./cold/bench-cold.ts')).benchCold,
  cli: async () => (await import('./cli/bench-cli.ts')).benchCli,
  policy: async () => (await import('./policy/bench-policy.ts')).benchPolicy,
};

const [name = '', ...args] = process.argv.slice(2);
if (isBench(name)) {
  const bench = await BENCHES[name]();
  process.exitCode = await bench(args);
} else {
  console.error(`Which bench? npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 2;
}

function isBench(text: string): text is keyof typeof BENCHES {
  return Object.hasOwn(BENCHES, text);
}
