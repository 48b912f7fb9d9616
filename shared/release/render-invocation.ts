import * as z from 'zod';

/** What the renderer is asked ahead of a release: one manifest of a stored artifact. */
export const renderRequest = z.object({
  render: z.object({ artifactId: z.string().min(1), manifestIndex: z.number().int().min(0) }),
});
export type RenderRequest = z.infer<typeof renderRequest>;

const problem = z.object({ path: z.string(), message: z.string() });

/** What it answers: where the files are kept; what stands in their way; or that it can't tell now. */
export const renderAnswer = z.union([
  z.object({ bundle: z.string() }),
  z.object({ refused: z.object({ code: z.string(), message: z.string(), errors: z.array(problem) }) }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type RenderAnswer = z.infer<typeof renderAnswer>;

/** Renders what is not released yet. */
export interface ManifestRenderer {
  /**
   * The digest of its rendered files; undefined when that is not known within the time. It is rendered to its end all
   * the same, so that asking again finds it.
   * @throws UnprocessableError when it can't be rendered, TransientError when that can't be told now.
   */
  readonly render: (
    what: RenderRequest['render'],
    withinMs: number,
  ) => Promise<{ readonly bundle: string } | undefined>;
}
