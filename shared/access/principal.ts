/** Who calls. `none` is a caller without a valid token. */
export type Principal = { readonly kind: 'none' } | { readonly kind: 'admin'; readonly name: string };

export const NOBODY: Principal = { kind: 'none' };
