/** The dashboards: name, and content as JSON. */
export const dashboards: readonly { readonly name: string; readonly json: string }[] = [];
