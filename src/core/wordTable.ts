/**
 * A table that is looked up by what a person typed. Without it "constructor" and the like would be found in any object.
 */
export function wordTable<T>(entries: { readonly [word: string]: T }): { readonly [word: string]: T } {
  return Object.assign(Object.create(null) as { [word: string]: T }, entries);
}
