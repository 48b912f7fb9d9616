// Run by `node -r` before anything else is read, in the JavaScript of any Node: one too old for this project can't even
// parse the rest of it. 22.18 is the first that runs TypeScript as it is.
const needed = [22, 18];
const found = process.versions.node.split('.').map(Number);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    `GimletD needs Node ${needed.join('.')} or later; this is ${process.version} (${process.execPath}). ` +
      'Run it through npm (npm start), after npm ci without --omit=optional, or install a newer Node.',
  );
  process.exit(1);
}
