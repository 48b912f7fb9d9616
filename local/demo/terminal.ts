import pc from 'picocolors';

/** What the demo prints besides what the commands print themselves. */
export const terminal = {
  title: (text: string) => print(`\n${pc.bold(text)}`),
  /** A command as a user would type it. */
  command: (text: string) => print(`\n${pc.cyan(`$ ${text}`)}`),
  line: (text = '') => print(text),
  note: (text: string) => print(pc.dim(text)),
  good: (text: string) => print(pc.green(pc.bold(text))),
  bad: (text: string) => print(pc.red(pc.bold(text))),
};

function print(text: string): void {
  console.log(text);
}
