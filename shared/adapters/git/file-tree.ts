/** A directory as git sees it: names to bytes of files or to directories below. Never empty below the root. */
export type FileTree = ReadonlyMap<string, Uint8Array | FileTree>;

/** Nests files by their paths. The paths have passed `checkEdit`: no file lies where another needs a directory. */
export function fileTree(files: ReadonlyMap<string, Uint8Array>): FileTree {
  const root = new Map<string, Uint8Array | FileTree>();
  const below = new Map<string, Map<string, Uint8Array>>();
  for (const [path, bytes] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      root.set(path, bytes);
      continue;
    }
    const directory = path.slice(0, slash);
    const inside = below.get(directory) ?? new Map<string, Uint8Array>();
    below.set(directory, inside.set(path.slice(slash + 1), bytes));
  }
  for (const [directory, inside] of below) root.set(directory, fileTree(inside));
  return root;
}

export function isDirectory(node: Uint8Array | FileTree): node is FileTree {
  return node instanceof Map;
}
