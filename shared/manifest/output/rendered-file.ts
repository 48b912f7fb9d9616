/** A file as it goes to the GitOps repo, with the YAML documents that it is made of. */
export interface RenderedFile {
  readonly name: string;
  /** Starts with `---`, ends in one newline. */
  readonly text: string;
}
